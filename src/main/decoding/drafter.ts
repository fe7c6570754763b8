import type { ParamSpec, ParamValue } from '../../shared/node-spec'
import type { Law } from './law'
import type { Leaf } from './leaf'
import type { Random } from './random'
import type { Sampler } from './sampler'
import type { Runtime, Vocabulary } from './source'

/**
 * A drafter guesses the next tokens cheaply; the target then checks all guesses in one pass. Three verbs: reset, push, predict.
 * One drafter a file in `drafters/`; the catalog finds it.
 */
export interface Drafter {
  /** A new text: these tokens stand (the prompt, in the target's tokens). */
  reset(tokens: readonly number[]): void
  /**
   * The text went on by these tokens, of which the first `accepted` are those of the first guess of its last draft. `isJudged` false: that guess was drawn,
   * but another one was tried before it, so what became of it says nothing about how often such guesses are accepted.
   */
  push(tokens: readonly number[], accepted: number, isJudged?: boolean): void
  /** At most `limit` tokens that may follow; none is always an answer. */
  predict(limit: number, signal: AbortSignal): Promise<Draft> | Draft
}

export interface Guess {
  readonly tokens: readonly number[]
  /** what each token was drawn from; absent: the tokens are certain guesses (a law with one token) */
  readonly laws?: readonly Law[]
}

/** A guess, and others beside it. A token of another guess is tried where the text agrees with that guess so far and the guesses before it were refused. */
export interface Draft extends Guess {
  readonly others?: readonly Guess[]
}

/** What drafts need at most. */
export interface DraftSize {
  /** tokens of all guesses of a draft together */
  readonly tokens: number
  readonly guesses: number
}

export const noDraft: Draft = { tokens: [] }

export interface DrafterSpec {
  /** kebab-case; equals the file's name */
  readonly name: string
  readonly title: string
  readonly summary: string
  /** as `NodeSpec.formula` */
  readonly formula: string
  /** Markdown: how it works, when it helps, what it costs */
  readonly help: string
  readonly synonyms?: readonly string[]
  readonly systems?: readonly string[]
  readonly paper?: string
  /** the param shown on the node itself */
  readonly face?: string
  /** true: `expression.model` names a model of the same vocabulary, whose leaf `create` is given */
  readonly needsModel: boolean
  /** true: `expression.of` holds the drafters that it chooses from, which `create` is given */
  readonly joins?: boolean
  readonly params: { readonly [name: string]: ParamSpec }
}

export interface DrafterContext<P> {
  readonly params: P
  readonly vocabulary: Vocabulary
  readonly runtime: Runtime
  /** the same sampler as the target's: both laws must be made alike */
  readonly sampler: Sampler
  /** the one stream of random numbers of the run */
  readonly random: Random
  /** where `needsModel`: the drafter's own model, opened, under the target's prompt, with one row */
  readonly leaf: Leaf | undefined
  /** where it `joins`: the drafters, in the order of their wires */
  readonly members: readonly Member[]
}

/** One of several drafters. */
export interface Member {
  readonly drafter: Drafter
  /** a guess costs passes of a model */
  readonly asksModel: boolean
}

export interface DrafterDefinition {
  readonly spec: DrafterSpec
  readonly size: (params: Readonly<Record<string, unknown>>, members: readonly DraftSize[]) => DraftSize
  readonly create: (context: DrafterContext<Readonly<Record<string, unknown>>>) => Drafter
}

type Values<S extends DrafterSpec> = { readonly [P in keyof S['params']]: ParamValue<S['params'][P]> }

export function defineDrafter<const S extends DrafterSpec>(
  spec: S,
  work: {
    size(params: Values<S>, members: readonly DraftSize[]): DraftSize
    create(context: DrafterContext<Values<S>>): Drafter
  },
): DrafterDefinition {
  return { spec, ...(work as unknown as Pick<DrafterDefinition, 'size' | 'create'>) }
}

/** One guess of at most so many tokens. */
export const oneGuess = ({ most }: { readonly most: number }): DraftSize => ({ tokens: most, guesses: 1 })
