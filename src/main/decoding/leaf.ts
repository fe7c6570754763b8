import { TributaryError } from '../../shared/errors'
import type { Prompt } from '../../shared/expression'
import type { DraftTree } from './draft-tree'
import { Retokeniser } from './retokeniser'
import type { Row, RowSpace } from './row'
import type { EvaluateRequest, OpenRequest, SourceModel, TokenSequence } from './source'

/** One model under one prompt, following the text that is being written. Holds the tokens that are agreed and the sequence that has read some of them. */
export class Leaf {
  readonly source: SourceModel
  readonly prompt: readonly number[]
  /** how a person calls it in a trace */
  readonly name: string
  /** tokens agreed so far: the prompt and the output */
  readonly tokens: number[]
  #sequence: TokenSequence | undefined
  #rows: Row[] = []
  /** position → its row, where the text does not follow the first guess */
  #path: readonly number[] | undefined
  #round = -1
  #reused = 0
  #capacity = Infinity
  #branches = 0
  #spare = 0
  /** set where the text is written in another vocabulary: this leaf follows its bytes */
  #retokeniser: Retokeniser | undefined

  constructor(source: SourceModel, prompt: readonly number[], name: string) {
    this.source = source
    this.prompt = prompt
    this.name = name
    this.tokens = [...prompt]
  }

  static async of(source: SourceModel, prompt: Prompt, name: string): Promise<Leaf> {
    const tokens = await source.tokenizePrompt(prompt)
    if (tokens.length === 0) {
      throw new TributaryError('input-missing', `The prompt of ${name} is empty.`, { hint: 'write a prompt, or a message' })
    }
    if (tokens.length >= source.contextTokens) {
      throw new TributaryError(
        'context-overflow',
        `The prompt has ${tokens.length} tokens; ${name} holds ${source.contextTokens}, and the answer needs room too.`,
        { hint: 'shorten the prompt, or put a compressor before it', details: { tokens: tokens.length, context: source.contextTokens } },
      )
    }
    return new Leaf(source, tokens, name)
  }

  get vocabulary(): SourceModel['vocabulary'] {
    return this.source.vocabulary
  }

  /** Room for being consulted: `branches` continuations of `tokens` tokens at once. */
  reserve({ branches, tokens }: { readonly branches: number; readonly tokens: number }): void {
    this.#branches = Math.max(this.#branches, branches)
    this.#spare = Math.max(this.#spare, tokens)
  }

  /** What to open for `maxTokens` of output and `rows` positions at once, which lie on `paths` ways. */
  openRequest(maxTokens: number, rows: number, paths: number): OpenRequest {
    const output = this.#retokeniser ? 2 * maxTokens + 64 : maxTokens
    this.#capacity = Math.min(this.source.contextTokens, this.prompt.length + output + rows + this.#spare)
    const tree = paths > 1 ? { tree: { tokens: rows - 1, paths } } : {}
    return { model: this.source.ref, prompt: this.prompt, capacity: this.#capacity, branches: this.#branches, rows, ...tree }
  }

  attach(sequence: TokenSequence, rows: number, space: RowSpace): void {
    this.#sequence = sequence
    this.#reused = sequence.length
    this.#rows = space.rows(rows, this.source.vocabulary.size)
  }

  get sequence(): TokenSequence {
    if (this.#sequence === undefined) throw new Error(`${this.name} has no sequence`)
    return this.#sequence
  }

  /** tokens of the prompt that were in a cache already */
  get reusedTokens(): number {
    return this.#reused
  }

  /** what its cache holds now */
  get cacheBytes(): number {
    return (this.#sequence?.length ?? 0) * (this.source.cacheBytesPerToken ?? 0)
  }

  /** tokens that may still be appended */
  get room(): number {
    return Math.min(this.source.contextTokens, this.#capacity) - this.tokens.length
  }

  /** From now on the text comes as bytes. Throws `model-unsupported` where the cache cannot be cut back, which following needs. */
  followBytes(): void {
    if (!this.source.canTruncate) {
      throw new TributaryError('model-unsupported', `${this.name} cannot take back tokens, so it cannot follow a text in other tokens.`, {
        hint: 'use a model with ordinary attention beside a model of another vocabulary',
      })
    }
    this.#retokeniser = new Retokeniser(this.source.vocabulary)
  }

  get followsBytes(): boolean {
    return this.#retokeniser !== undefined
  }

  /** The text goes on by the bytes of a token of another vocabulary. */
  follow(piece: Uint8Array): void {
    const retokeniser = this.#retokeniser
    if (retokeniser === undefined) throw new Error(`${this.name} follows tokens, not bytes`)
    const valid = this.prompt.length + retokeniser.push(piece)
    this.tokens.splice(this.prompt.length, Infinity, ...retokeniser.tokens)
    if (this.#sequence !== undefined && this.sequence.length > valid) this.sequence.truncate(valid)
  }

  /** This leaf's own token for a piece of the text, where it has one. */
  tokenOf(piece: Uint8Array): number | undefined {
    return this.#retokeniser?.tokenOf(piece)
  }

  /** Nothing new to read: the text ends within a character. Its row says so. */
  skipIfLagging(round: number): boolean {
    const isLagging = this.tokens.length <= this.sequence.length
    this.row(0).isSilent = isLagging
    if (isLagging) this.#round = round
    return isLagging
  }

  isFresh(round: number): boolean {
    return this.#round === round
  }

  /** The agreed tokens that the sequence has not read, then the drafted ones; rows for the last agreed and every drafted one. */
  request({ tokens, parents, branches }: DraftTree, round: number): EvaluateRequest {
    this.#round = round
    const unread = this.tokens.slice(this.sequence.length)
    return {
      sequence: this.sequence,
      tokens: [...unread, ...tokens],
      rows: this.#rows.slice(0, tokens.length + 1).map((row) => row.values),
      ...(branches > 1 ? { parents } : {}),
    }
  }

  /** From now on position i is the one after node `path[i − 1]` of the tree that was read; undefined: the text follows its first guess. */
  lookAlong(path: readonly number[] | undefined): void {
    this.#path = path
  }

  /** Call after the evaluation: merges the end tokens and refuses logits that are no numbers. */
  received(count: number): void {
    this.#path = undefined
    for (const row of this.#rows.slice(0, count)) {
      mergeEndTokens(row.values, this.source.vocabulary.endTokens)
      row.touch()
      if (Number.isNaN(row.max) || row.max === Infinity) {
        throw new TributaryError('logits-invalid', `${this.name} gave a logit that is not a number.`, {
          hint: 'the file may be damaged: verify it in the models panel, or try another quantisation',
        })
      }
    }
  }

  /** scores after the last agreed token (0) and after each drafted one (1, 2, …) */
  row(position: number): Row {
    const row = this.#rows[position > 0 && this.#path !== undefined ? (this.#path[position - 1] as number) + 1 : position]
    if (row === undefined) throw new Error(`${this.name} has no row ${position}`)
    return row
  }

  /** The output goes on by `tokens`; the first `read` of them are in the cache if the sequence was asked this round. */
  settle(tokens: readonly number[], read: number, round: number): void {
    const valid = this.tokens.length + read
    this.tokens.push(...tokens)
    if (this.#round === round && this.sequence.length > valid) this.sequence.truncate(valid)
  }

  dispose(): void {
    this.#sequence?.dispose()
    this.#sequence = undefined
  }
}

/** All ways to end a text become one, the first of them, before anything is mixed: else their mass splits. In place. */
export function mergeEndTokens(row: Float32Array, endTokens: readonly number[]): void {
  const [first] = endTokens
  if (first === undefined || endTokens.length === 1) return
  let max = -Infinity
  for (const token of endTokens) max = Math.max(max, row[token] ?? -Infinity)
  if (max === -Infinity) return
  let sum = 0
  for (const token of endTokens) {
    sum += Math.exp((row[token] ?? -Infinity) - max)
    row[token] = -Infinity
  }
  row[first] = max + Math.log(sum)
}
