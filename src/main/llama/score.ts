import { TributaryError } from '../../shared/errors'
import type { ModelRef } from '../../shared/value'
import { topK } from '../decoding/distribution'
import { NearestToken } from '../decoding/nearest-token'
import { keyOf } from '../decoding/retokeniser'
import { sideBySide } from '../decoding/side-by-side'
import type { EvaluateRequest, Runtime, TokenSequence, Vocabulary } from '../decoding/source'
import type { ContinuationScore, ScoreRequest, TokenPrediction, TokenSurprisal } from '../models/model'
import type { LoadedModel } from './loaded-model'
import { entropyOf, logProbability, logProbabilityOfAny, logSumExp } from './logprob'
import { type LlamaRuntime, promptTokens, type RuntimeParts } from './runtime'

export interface ScoringCall {
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Tokens whose logits are held at once while a text is read. */
const window = 64
/** Continuations scored in one batch. */
const group = 15

/** −log p of each token of a text, read once. See `LanguageModel.surprisal`. */
export async function surprisal(runtime: LlamaRuntime, ref: ModelRef, text: string, call: ScoringCall): Promise<TokenSurprisal[]> {
  const { lease } = runtime.parts
  const model = lease.model(ref.id)
  const { vocabulary } = model.native
  const tokens = vocabulary.tokenize(text)
  if (tokens.length === 0) return []
  runtime.parts.onPrompt?.(model, text)
  const read = vocabulary.addsBegin ? [vocabulary.bos, ...tokens] : tokens
  refuseOverflow(read.length, model, ref)
  const nats = await readNats(runtime, ref, read, call)
  if (!vocabulary.addsBegin) nats.unshift(0)
  const pieces = splitText(tokens.map((token) => vocabulary.pieceBytes(token)))
  return pieces.map((piece, i) => ({ text: piece, nats: nats[i] as number }))
}

/** −log p of tokens 1… of a list, given those before. */
async function readNats(runtime: LlamaRuntime, ref: ModelRef, tokens: readonly number[], call: ScoringCall): Promise<number[]> {
  const [sequence] = (await runtime.open(
    [{ model: ref, prompt: [], capacity: tokens.length, branches: 0, rows: window }],
    call.signal,
  )) as [TokenSequence]
  const rows = makeRows(runtime.parts.lease.model(ref.id).native.vocabulary, Math.min(window, tokens.length))
  const nats: number[] = []
  try {
    for (let start = 0; start < tokens.length - 1; start += window) {
      const part = tokens.slice(start, Math.min(start + window, tokens.length - 1))
      await runtime.evaluate([{ sequence, tokens: part, rows: rows.slice(0, part.length) }], call)
      part.forEach((_, i) => void nats.push(-logProbability(rows[i] as Float32Array, tokens[start + i + 1] as number)))
      call.onProgress(start + part.length, tokens.length - 1)
    }
  } finally {
    sequence.dispose()
  }
  return nats
}

/**
 * log p of the continuations of each request. Requests with one continuation are read side by side (`side-by-side.ts`); several continuations are copies of
 * the sequence of their prompt, which is read once, evaluated together. On a CPU the numbers are bit for bit those of a request alone, whatever is read beside
 * it (`score.models.test.ts`), so what is known by a hash of request and model stays true; on a GPU and for recurrent models last bits may differ.
 */
export function scoreContinuations(
  runtime: LlamaRuntime,
  ref: ModelRef,
  requests: readonly ScoreRequest[],
  call: ScoringCall & { readonly onDone: (done: number, total: number) => void },
): Promise<ContinuationScore[][]> {
  const { signal, onDone } = call
  return sideBySide(runtime, {
    lengths: requests.map(lengthOf),
    signal,
    work: (own, i) => scoreRequest({ runtime: own, parts: runtime.parts, ref }, requests[i] as ScoreRequest, call),
    onDone,
  })
}

const lengthOf = ({ prompt, continuations }: ScoreRequest): number =>
  (prompt.kind === 'text' ? prompt.text.length : prompt.messages.reduce((sum, { content }) => sum + content.length, 0)) +
  Math.max(0, ...continuations.map(({ length }) => length))

type EvaluateCall = Parameters<Runtime['evaluate']>[1]

interface Scorer {
  readonly runtime: Runtime
  readonly parts: RuntimeParts
  readonly ref: ModelRef
}

async function scoreRequest(scorer: Scorer, request: ScoreRequest, call: EvaluateCall): Promise<ContinuationScore[]> {
  const { runtime, parts, ref } = scorer
  const model = parts.lease.model(ref.id)
  const { vocabulary } = model.native
  const prompt = await promptTokens(parts, model, request.prompt)
  if (prompt.length === 0)
    throw new TributaryError('input-missing', `The prompt to continue is empty, and "${ref.name}" has no begin token.`)
  const continuations = request.continuations.map((text) => vocabulary.tokenize(text))
  const longest = Math.max(0, ...continuations.map((tokens) => tokens.length))
  refuseOverflow(prompt.length + longest, model, ref)
  const { end = false, steps = false, top = 0 } = request
  // the last token is read only if the probability of the end after it is wanted
  const read = continuations.map((tokens) => (end ? tokens : tokens.slice(0, -1)))
  const told = continuations.map((tokens): Continuation => ({ tokens, vocabulary, end, steps, top }))
  const [only] = read
  const capacity = prompt.length + longest
  if (told.length === 1 && only !== undefined) {
    const rows = makeRows(vocabulary, only.length + 1)
    const asked = { model: ref, prompt, capacity, branches: 0, rows: rows.length }
    const [sequence] = (await runtime.open([asked], call.signal)) as [TokenSequence]
    try {
      await runtime.evaluate([{ sequence, tokens: [...prompt.slice(sequence.length), ...only], rows }], call)
    } finally {
      sequence.dispose()
    }
    return told.map((continuation) => scoreOf(continuation, rows))
  }
  const branches = Math.min(group, continuations.length)
  const [root] = (await runtime.open([{ model: ref, prompt, capacity, branches, rows: branches * longest }], call.signal)) as [
    TokenSequence,
  ]
  const [first] = makeRows(vocabulary, 1) as [Float32Array]
  try {
    await runtime.evaluate([{ sequence: root, tokens: prompt.slice(root.length), rows: [first] }], call)
    const scores: ContinuationScore[] = []
    for (let start = 0; start < continuations.length; start += group) {
      const some = read.slice(start, start + group)
      const rows = some.map((tokens) => makeRows(vocabulary, tokens.length))
      await readForks(runtime, root, some, rows, call)
      scores.push(...rows.map((own, i) => scoreOf(told[start + i] as Continuation, [first, ...own])))
    }
    return scores
  } finally {
    root.dispose()
  }
}

/** Reads each list of tokens after what `root` holds, and forgets it. */
async function readForks(
  runtime: Runtime,
  root: TokenSequence,
  lists: readonly (readonly number[])[],
  rows: readonly Float32Array[][],
  call: EvaluateCall,
): Promise<void> {
  const forks = lists.map((tokens) => (tokens.length > 0 ? root.fork() : undefined))
  const requests = forks.flatMap((sequence, i): EvaluateRequest[] =>
    sequence ? [{ sequence, tokens: lists[i] as number[], rows: rows[i] as Float32Array[] }] : [],
  )
  try {
    if (requests.length > 0) await runtime.evaluate(requests, call)
  } finally {
    for (const fork of forks) fork?.dispose()
  }
}

interface Continuation {
  readonly tokens: readonly number[]
  readonly vocabulary: Vocabulary
  readonly end: boolean
  readonly steps: boolean
  readonly top: number
}

/** before: logits before each token, and before the end where that counts */
function scoreOf({ tokens, vocabulary, end, steps, top }: Continuation, before: readonly Float32Array[]): ContinuationScore {
  const logprobs = tokens.map((token, t) => logProbability(before[t] as Float32Array, token))
  if (end) logprobs.push(logProbabilityOfAny(before[tokens.length] as Float32Array, vocabulary.endTokens))
  const score = { logprob: logprobs.reduce((sum, logprob) => sum + logprob, 0), tokens: logprobs.length }
  if (!steps) return score
  const told = logprobs.map((logprob, t) => predictionOf(logprob, before[t] as Float32Array))
  return {
    ...score,
    steps: top > 0 ? told.map((step, t) => ({ ...step, ...likeliest(vocabulary, before[t] as Float32Array, top, tokens[t]) })) : told,
  }
}

const predictionOf = (logprob: number, row: Float32Array): TokenPrediction => ({ nats: -logprob, entropy: entropyOf(row) })

/** The token that came (undefined: the end) and the `top` likeliest, as texts. */
function likeliest(
  vocabulary: Vocabulary,
  row: Float32Array,
  top: number,
  token: number | undefined,
): Pick<TokenPrediction, 'text' | 'top'> {
  const textOf = (id: number): string => (vocabulary.endTokens.includes(id) ? '' : splitText([vocabulary.pieceBytes(id)]).join(''))
  const logZ = logSumExp(row)
  return {
    text: token === undefined ? '' : textOf(token),
    top: Array.from(topK(row, top), (id) => [textOf(id), Math.exp((row[id] as number) - logZ)] as const),
  }
}

/** One for each vocabulary: to make it is to sort all pieces, and to find a text is to walk them. */
const searches = new WeakMap<Vocabulary, NearestToken>()

/** See `LanguageModel.nearestTokens`. The empty text is the end, and its own partner. */
export function nearestTexts(vocabulary: Vocabulary, texts: readonly string[]): string[] {
  const nearest = searches.get(vocabulary) ?? new NearestToken(vocabulary)
  searches.set(vocabulary, nearest)
  return texts.map((text) => {
    const token = text === '' ? -1 : nearest.find(keyOf(new TextEncoder().encode(text)))
    return token < 0 ? '' : splitText([vocabulary.pieceBytes(token)]).join('')
  })
}

function makeRows({ size }: Vocabulary, count: number): Float32Array[] {
  return Array.from({ length: count }, () => new Float32Array(size))
}

function refuseOverflow(tokens: number, model: LoadedModel, ref: ModelRef): void {
  if (tokens <= model.contextTokens) return
  throw new TributaryError('context-overflow', `The text has ${tokens} tokens; "${ref.name}" holds ${model.contextTokens}.`, {
    hint: 'Shorten or split the text, or use a model with a longer context.',
    details: { tokens, context: model.contextTokens },
  })
}

/**
 * Bytes of tokens as texts that join to the whole text: a character whose bytes lie in several tokens is shown with the last of them.
 */
export function splitText(pieces: readonly Uint8Array[]): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return pieces.map((bytes, i) => decoder.decode(bytes, { stream: i < pieces.length - 1 }))
}
