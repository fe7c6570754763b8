import type { Draft, Guess } from './drafter'
import { type Law, pointLaw } from './law'

/** A token that may come next, and what it was drawn from. */
export interface Proposal {
  readonly token: number
  readonly law: Law
}

/**
 * The guesses of a draft as one tree, so that one pass reads them all: what two guesses have in common from the start is read once. Nodes are in the
 * order of the guesses, so a node comes after its parent, and the first guess is the first nodes.
 */
export class DraftTree {
  /** of each node */
  readonly tokens: readonly number[]
  /** of each node the one before it; −1: none, it follows the agreed text */
  readonly parents: readonly number[]
  readonly guesses: readonly Guess[]
  /** guess → node of each of its tokens */
  readonly #paths: readonly (readonly number[])[]

  constructor(draft: Draft) {
    const tokens: number[] = []
    const parents: number[] = []
    this.guesses = [draft, ...(draft.others ?? [])].filter((guess) => guess.tokens.length > 0)
    this.#paths = this.guesses.map((guess) => {
      let parent = -1
      return guess.tokens.map((token) => {
        const known = tokens.findIndex((other, node) => other === token && parents[node] === parent)
        if (known < 0) {
          tokens.push(token)
          parents.push(parent)
        }
        parent = known < 0 ? tokens.length - 1 : known
        return parent
      })
    })
    this.tokens = tokens
    this.parents = parents
  }

  get size(): number {
    return this.tokens.length
  }

  /** Ways through the tree from its root to an end. */
  get branches(): number {
    const inner = new Set(this.parents)
    return this.tokens.filter((_, node) => !inner.has(node)).length
  }

  walk(): DraftWalk {
    return new DraftWalk(this.guesses, this.#paths)
  }
}

/** The way that a text takes through a tree of guesses: those that are still right, and what they propose next. */
export class DraftWalk {
  /** guesses that agree with the text so far */
  #right: readonly number[]
  /** nodes that were followed, one after another */
  readonly path: number[] = []

  constructor(
    readonly guesses: readonly Guess[],
    readonly paths: readonly (readonly number[])[],
  ) {
    this.#right = [...guesses.keys()]
  }

  /** In the order in which they are judged. A token may be proposed twice, each time by its own law. */
  get proposals(): Proposal[] {
    return this.#longer().map((i) => {
      const { tokens, laws } = this.guesses[i] as Guess
      const token = tokens[this.path.length] as number
      return { token, law: laws?.[this.path.length] ?? pointLaw(token) }
    })
  }

  /** What the foremost guess has left. */
  get rest(): readonly number[] {
    const [first] = this.#longer()
    return first === undefined ? [] : (this.guesses[first] as Guess).tokens.slice(this.path.length)
  }

  /** The text goes on by `token`. False: nobody proposed it, and nothing is proposed any more. */
  follow(token: number): boolean {
    this.#right = this.#longer().filter((i) => this.guesses[i]?.tokens[this.path.length] === token)
    const [first] = this.#right
    if (first !== undefined) this.path.push(this.paths[first]?.[this.path.length] as number)
    return first !== undefined
  }

  #longer(): number[] {
    return this.#right.filter((i) => (this.guesses[i] as Guess).tokens.length > this.path.length)
  }
}
