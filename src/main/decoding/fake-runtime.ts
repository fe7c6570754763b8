import { TributaryError } from '../../shared/errors'
import type { DistributionExpression, Prompt } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { EvaluateRequest, OpenRequest, Runtime, SourceModel, TokenConstraint, TokenSequence, Vocabulary } from './source'

/** A model of the fake runtime: logits after a list of tokens. It sees the tokens that its cache really holds, so a wrong cut shows. */
export interface FakeModel {
  readonly vocabulary: Vocabulary
  readonly logits: (tokens: readonly number[]) => readonly number[]
  readonly contextTokens?: number
  readonly canTruncate?: boolean
}

/** One token per piece; a text is cut greedily into the longest pieces. Token ids are positions in the list; '' is the end token. */
export function fakeVocabulary(pieces: readonly string[], fingerprint = pieces.join('|')): Vocabulary {
  const encoder = new TextEncoder()
  const bytes = pieces.map((piece) => encoder.encode(piece))
  const byLength = pieces.map((piece, id) => ({ piece, id })).sort((a, b) => b.piece.length - a.piece.length)
  return {
    fingerprint,
    size: pieces.length,
    endTokens: pieces.flatMap((piece, id) => (piece === '' ? [id] : [])),
    pieceBytes: (token) => bytes[token] as Uint8Array,
    tokenize(text) {
      const tokens: number[] = []
      for (let at = 0; at < text.length; ) {
        const match = byLength.find(({ piece }) => piece !== '' && text.startsWith(piece, at))
        if (match === undefined) throw new Error(`no piece for ${text.slice(at)}`)
        tokens.push(match.id)
        at += match.piece.length
      }
      return tokens
    },
  }
}

class FakeSequence implements TokenSequence {
  readonly model: ModelRef
  readonly capacity: number
  tokens: number[]

  constructor(model: ModelRef, tokens: readonly number[], capacity: number) {
    this.model = model
    this.tokens = [...tokens]
    this.capacity = capacity
  }

  get length(): number {
    return this.tokens.length
  }

  truncate(length: number): void {
    if (length > this.tokens.length) throw new Error('a sequence cannot grow by truncating')
    this.tokens.length = length
  }

  fork(): TokenSequence {
    return new FakeSequence(this.model, this.tokens, this.capacity)
  }

  dispose(): void {}
}

/** Decoding without a model: tables in place of a neural network, for tests of everything above it. Counts what it was asked for. */
export class FakeRuntime implements Runtime {
  readonly #models: Readonly<Record<string, FakeModel>>
  readonly calls: { readonly model: string; readonly tokens: number; readonly rows: number }[][] = []
  readonly opened: OpenRequest[] = []
  #clock = 0

  constructor(models: Readonly<Record<string, FakeModel>>) {
    this.#models = models
  }

  now(): number {
    return this.#clock++
  }

  async describe(ref: ModelRef): Promise<SourceModel> {
    const model = this.#model(ref)
    return {
      ref,
      vocabulary: model.vocabulary,
      contextTokens: model.contextTokens ?? 4096,
      canTruncate: model.canTruncate ?? true,
      tokenizePrompt: async (prompt) => model.vocabulary.tokenize(textOf(prompt)),
    }
  }

  async open(requests: readonly OpenRequest[]): Promise<TokenSequence[]> {
    this.opened.push(...requests)
    return requests.map(({ model, capacity }) => new FakeSequence(model, [], capacity))
  }

  async evaluate(requests: readonly EvaluateRequest[], { signal }: { readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted()
    this.calls.push(requests.map(({ sequence, tokens, rows }) => ({ model: sequence.model.id, tokens: tokens.length, rows: rows.length })))
    for (const { sequence, tokens, rows, parents = [] } of requests) {
      const { logits, vocabulary } = this.#model(sequence.model)
      const { tokens: held, capacity } = sequence as FakeSequence
      if (tokens.length === 0 || rows.length > tokens.length) throw new Error('an evaluation has tokens, and at most one row for each')
      const before = tokens.length - parents.length
      const ways: number[][] = []
      tokens.forEach((token, i) => {
        const parent = parents[i - before] ?? -1
        const way =
          i < before ? [...(ways.at(-1) ?? held), token] : [...(ways[parent < 0 ? before - 1 : before + parent] as number[]), token]
        ways.push(way)
        const row = rows[i - (tokens.length - rows.length)]
        if (row === undefined) return
        if (row.length !== vocabulary.size) throw new Error('a row has one logit per token of the vocabulary')
        row.set(logits(way))
      })
      const fork = parents.findIndex((parent, node) => parent !== node - 1)
      held.splice(0, Infinity, ...(ways[fork < 0 ? tokens.length - 1 : before + fork - 1] as number[]))
      if (held.length > capacity) throw new Error(`a sequence of ${capacity} tokens was asked to hold ${held.length}`)
    }
  }

  async constrain(): Promise<TokenConstraint> {
    throw new TributaryError('model-unsupported', 'The fake runtime has no grammars.')
  }

  #model(ref: ModelRef): FakeModel {
    const model = this.#models[ref.id]
    if (model === undefined) throw new TributaryError('model-missing', `There is no model ${ref.id}.`)
    return model
  }
}

const textOf = (prompt: Prompt): string =>
  prompt.kind === 'text' ? prompt.text : prompt.messages.map((message) => message.content).join('')

/** A leaf on a model of the fake runtime. */
export const fakeLeaf = (id: string, text: string): DistributionExpression => ({
  op: 'lm',
  model: { backend: 'fake', id, name: id },
  prompt: { kind: 'text', text },
})

/** Logits that depend on the last `order` tokens in a way that only looks random: equal seeds and tokens give equal logits. */
export function hashedLogits(seed: number, size: number, order = 3, spread = 4): FakeModel['logits'] {
  return (tokens) => {
    let hash = seed >>> 0
    for (const token of tokens.slice(-order)) hash = mix(hash ^ (token + 0x9e37))
    return Array.from({ length: size }, (_, v) => (mix(hash ^ Math.imul(v + 1, 0x9e3779b1)) / 2 ** 32) * spread)
  }
}

function mix(x: number): number {
  let z = (x + 0x9e3779b9) | 0
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
  return (z ^ (z >>> 16)) >>> 0
}
