import { TributaryError } from '../../shared/errors'
import { leavesOf, type Prompt } from '../../shared/expression'
import { noUsage } from '../../shared/run/events'
import type { ChatMessage, ModelRef } from '../../shared/value'
import type { Backend } from './backend'
import type {
  Call,
  ContinuationScore,
  DecodeCall,
  Decoded,
  DecodeProgram,
  LanguageModel,
  ModelDescription,
  ModelPool,
  ScoreRequest,
  TextPair,
  TokenPrediction,
  TokenSurprisal,
} from './model'
import { poolOf } from './pool'

/**
 * A model for unit tests: five words and an end, with logits that one can work out by hand, or answers from a script. Nothing is loaded. It records
 * every call. Its token is a word with the blank before it; other words are unknown to it and have the probability of the rarest.
 */

export const fakeVocabulary = ['the', 'cat', 'sat', 'down', '.'] as const
const end = fakeVocabulary.length

/** Logits of the next word (rows: the word before, the last row: the beginning; columns: the vocabulary, then the end). Greedy: the cat sat down . end */
export const fakeLogits: readonly (readonly number[])[] = [
  [-9, 2, 0, 0, -1, -9],
  [-1, -9, 2, 0, 0, 0],
  [0, 0, -9, 2, 1, 0],
  [0, 0, 0, -9, 2, 1],
  [1, 0, 0, 0, -9, 2],
  [2, 1, 0, 0, -1, -9],
]

export interface FakeOptions {
  /** The answer to a prompt; undefined: the five words decide. A list is streamed item by item. */
  readonly answer?: (prompt: string, program: DecodeProgram) => string | readonly string[] | undefined
  /** The embedding of a text, made a unit vector; default: how often each of its characters occurs in eight bins. */
  readonly embed?: (text: string) => readonly number[]
  /** log p(continuation | prompt); default: that of the five words */
  readonly score?: (prompt: string, continuation: string) => number
  readonly steps?: (prompt: string, continuation: string) => readonly TokenPrediction[]
  /** labels of `readPairs`, and the scores of a pair; default: none, and how many words the two share */
  readonly labels?: readonly string[]
  readonly readPair?: (pair: TextPair) => readonly number[]
  readonly contextTokens?: number
  /** thrown instead of any answer */
  readonly fail?: TributaryError
}

export interface FakeCall {
  readonly method: string
  readonly model: string
  readonly input: unknown
}

export interface FakePool extends ModelPool {
  readonly calls: readonly FakeCall[]
}

export const fakeRef = (name = 'fake'): ModelRef => ({ backend: 'fake', id: `fake:${name}`, name, vocabulary: 'five-words' })

/** A pool whose every model, of whatever backend, is the fake. */
export function createFakePool(options: FakeOptions = {}): FakePool {
  const calls: FakeCall[] = []
  const backend = new FakeBackend(options, calls)
  return { ...poolOf({ fake: backend, 'llama-cpp': backend, 'openai-compatible': backend }), calls }
}

export class FakeBackend implements Backend {
  constructor(
    readonly options: FakeOptions = {},
    readonly calls: FakeCall[] = [],
  ) {}

  async open(ref: ModelRef): Promise<LanguageModel> {
    return new FakeModel(ref, this.options, this.calls)
  }

  /** The first leaf decides; operators are the decoding room's and are not applied. */
  async decode(program: DecodeProgram, call: DecodeCall): Promise<Decoded> {
    const [leaf] = leavesOf(program.expression)
    if (!leaf) throw new TributaryError('input-missing', 'The expression has no model.')
    const prompt = textOf(leaf.prompt)
    this.calls.push({ method: 'decode', model: leaf.model.name, input: program })
    if (this.options.fail) throw this.options.fail
    const scripted = this.options.answer?.(prompt, program)
    const pieces = scripted === undefined ? continueWords(prompt, program.maxTokens) : [scripted].flat()
    return emit(pieces, { program, call, logprob: scripted === undefined ? scoreWords(prompt, pieces.join('')) : -pieces.length })
  }

  async close(): Promise<void> {}
}

async function emit(
  pieces: readonly string[],
  { program, call, logprob }: { program: DecodeProgram; call: DecodeCall; logprob: number },
): Promise<Decoded> {
  const whole = pieces.join('')
  const cuts = program.stop.map((stop) => whole.indexOf(stop)).filter((position) => position >= 0)
  const text = cuts.length > 0 ? whole.slice(0, Math.min(...cuts)) : whole
  let sent = 0
  for (const piece of pieces) {
    await Promise.resolve()
    call.signal.throwIfAborted()
    const part = piece.slice(0, Math.max(0, text.length - sent))
    sent += piece.length
    if (part !== '') call.onToken?.({ text: part, tokens: 1, accepted: 0, rejected: 0 })
  }
  const usage = { ...noUsage, tokens: pieces.length, passes: pieces.length }
  call.onEvent?.({ type: 'usage', usage })
  const finish = cuts.length > 0 ? 'stop' : pieces.length >= program.maxTokens ? 'length' : 'end'
  return { text, tokens: pieces.length, finish, logprob, usage }
}

class FakeModel implements LanguageModel {
  constructor(
    readonly ref: ModelRef,
    readonly options: FakeOptions,
    readonly calls: FakeCall[],
  ) {}

  async describe(call: Call): Promise<ModelDescription> {
    this.#note('describe', undefined, call)
    return {
      architecture: 'fake',
      vocabularySize: fakeVocabulary.length + 1,
      contextTokens: this.options.contextTokens ?? 1024,
      embeddingDimensions: 8,
      hasChatTemplate: true,
      canEmbed: true,
      labels: this.options.labels ?? [],
      canDistribution: true,
      device: 'none',
    }
  }

  async tokenize(text: string, call: Call): Promise<number[]> {
    this.#note('tokenize', text, call)
    return wordsOf(text).map(wordIndex)
  }

  async renderChat(messages: readonly ChatMessage[], call: Call): Promise<string> {
    this.#note('renderChat', messages, call)
    return textOf({ kind: 'chat', messages })
  }

  async surprisal(text: string, call: Call): Promise<TokenSurprisal[]> {
    this.#note('surprisal', text, call)
    const words = wordsOf(text)
    return words.map((word, i) => ({
      text: word,
      nats: -logProbability(i === 0 ? end : wordIndex(words[i - 1] as string), wordIndex(word)),
    }))
  }

  async scoreContinuations(request: ScoreRequest, call: Call): Promise<ContinuationScore[]> {
    this.#note('scoreContinuations', request, call)
    const prompt = textOf(request.prompt)
    return request.continuations.map((continuation) => {
      const logprob = this.options.score?.(prompt, continuation) ?? scoreWords(prompt, continuation)
      const tokens = wordsOf(continuation).length + (request.end ? 1 : 0)
      return { logprob, tokens, ...(request.steps ? { steps: this.options.steps?.(prompt, continuation) ?? [] } : {}) }
    })
  }

  async scoreAll(requests: readonly ScoreRequest[], call: Call): Promise<ContinuationScore[][]> {
    return Promise.all(requests.map((request) => this.scoreContinuations(request, call)))
  }

  async embed(texts: readonly string[], call: Call): Promise<Float32Array[]> {
    this.#note('embed', texts, call)
    return texts.map((text) => {
      const values = this.options.embed?.(text) ?? countCharacters(text)
      const length = Math.hypot(...values) || 1
      return Float32Array.from(values, (x) => x / length)
    })
  }

  async readPairs(pairs: readonly TextPair[], call: Call): Promise<Float32Array[]> {
    this.#note('readPairs', pairs, call)
    return pairs.map((pair) => Float32Array.from(this.options.readPair?.(pair) ?? [sharedWords(pair)]))
  }

  #note(method: string, input: unknown, call: Call): void {
    this.calls.push({ method, model: this.ref.name, input })
    call.signal.throwIfAborted()
    if (this.options.fail) throw this.options.fail
  }
}

const sharedWords = ({ first, second }: TextPair): number => {
  const words = new Set(wordsOf(first).map((word) => word.trim()))
  return wordsOf(second).filter((word) => words.has(word.trim())).length
}

const textOf = (prompt: Prompt): string =>
  prompt.kind === 'text' ? prompt.text : `${prompt.messages.map(({ role, content }) => `${role}: ${content}\n`).join('')}assistant:`

/** Words with what stands before them, so that they join to the text again. */
const wordsOf = (text: string): string[] =>
  text.match(/\s*(?:[\p{L}\p{N}_'-]+|[^\s])\s*$|\s*(?:[\p{L}\p{N}_'-]+|[^\s])/gu) ?? (text === '' ? [] : [text])

/** Unknown words count as the last of the five. */
function wordIndex(word: string): number {
  const index = (fakeVocabulary as readonly string[]).indexOf(word.trim().toLowerCase())
  return index < 0 ? end - 1 : index
}

function logProbability(before: number, next: number): number {
  const row = fakeLogits[before] as readonly number[]
  return (row[next] as number) - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0))
}

function scoreWords(prompt: string, continuation: string): number {
  const last = wordsOf(prompt).at(-1)
  let before = last === undefined ? end : wordIndex(last)
  let sum = 0
  for (const word of wordsOf(continuation)) {
    sum += logProbability(before, wordIndex(word))
    before = wordIndex(word)
  }
  return sum
}

function continueWords(prompt: string, maxTokens: number): string[] {
  const last = wordsOf(prompt).at(-1)
  let before = last === undefined ? end : wordIndex(last)
  const words: string[] = []
  while (words.length < maxTokens) {
    const row = fakeLogits[before] as readonly number[]
    before = row.indexOf(Math.max(...row))
    if (before === end) break
    words.push(` ${fakeVocabulary[before]}`)
  }
  return words
}

function countCharacters(text: string): number[] {
  const bins = new Array<number>(8).fill(0)
  for (const character of text) {
    const bin = (character.codePointAt(0) as number) % 8
    bins[bin] = (bins[bin] as number) + 1
  }
  return bins
}
