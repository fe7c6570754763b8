import { scratchBytes } from '../../shared/context-memory/lane-memory'
import { TributaryError } from '../../shared/errors'
import type { ModelRef } from '../../shared/value'
import type { TextPair } from '../models/model'
import { Batch } from './batch'
import type { Binding } from './binding'
import { breathe } from './compute-lock'
import type { LoadedModel, ReserveMemory } from './loaded-model'
import { pooling } from './native-model'
import type { Pointer } from './native-types'

/** Texts read at once. More is not faster on a CPU, and padding grows. */
const textsPerBatch = 4
const minBatchTokens = 512

export interface EmbeddingCall {
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
  /** told of each batch */
  readonly onTokens: (tokens: number) => void
  readonly reserve: ReserveMemory
  /** told when it has all the memory that it needs */
  readonly settled: () => void
}

/** One vector per text of length 1, in the order of the texts. Throws `model-unsupported` where the file says nothing of embeddings. */
export async function embed(model: LoadedModel, ref: ModelRef, texts: readonly string[], call: EmbeddingCall): Promise<Float32Array[]> {
  const { poolingType } = model.native
  if (poolingType === pooling.none || poolingType === pooling.rank)
    throw new TributaryError('model-unsupported', `"${ref.name}" makes no embeddings.`, {
      hint: 'Choose an embedding model, such as all-MiniLM-L6-v2.',
    })
  const vectors = await runEncoder(
    model,
    ref,
    texts.map((text) => model.native.vocabulary.tokenizeFramed(text)),
    call,
  )
  return vectors.map(normalise)
}

/** One row of raw scores per pair, one for each of the model's labels, by an encoder that reads its two or three texts at once. */
export function readPairs(model: LoadedModel, ref: ModelRef, pairs: readonly TextPair[], call: EmbeddingCall): Promise<Float32Array[]> {
  const { native } = model
  if (native.poolingType !== pooling.rank)
    throw new TributaryError('model-unsupported', `"${ref.name}" does not read pairs of texts.`, {
      hint: 'Choose an NLI model or a reranker (its file says so).',
    })
  const { vocabulary } = native
  const joined = pairs.map(({ first, second, third }) =>
    [first, second, ...(third === undefined ? [] : [third])].flatMap((text, position) => {
      const framed = vocabulary.tokenizeFramed(text)
      return position > 0 && vocabulary.addsBegin ? framed.slice(1) : framed
    }),
  )
  return runEncoder(model, ref, joined, call)
}

async function runEncoder(
  model: LoadedModel,
  ref: ModelRef,
  lists: readonly (readonly number[])[],
  call: EmbeddingCall,
): Promise<Float32Array[]> {
  for (const tokens of lists) refuseOverflow(tokens.length, model, ref)
  const vectors: Float32Array[] = new Array(lists.length)
  const byLength = [...lists.keys()].sort((a, b) => (lists[a] as number[]).length - (lists[b] as number[]).length)
  const context = await EncoderContext.of(model, call.reserve)
  call.settled()
  for (let start = 0; start < byLength.length; ) {
    await breathe()
    call.signal.throwIfAborted()
    const count = context.fitting(byLength.slice(start, start + textsPerBatch).map((i) => (lists[i] as number[]).length))
    const some = byLength.slice(start, start + count)
    const made = await context.run(some.map((i) => lists[i] as number[]))
    some.forEach((position, i) => {
      vectors[position] = made[i] as Float32Array
    })
    start += count
    call.onTokens(some.reduce((sum, i) => sum + (lists[i] as number[]).length, 0))
    call.onProgress(start, lists.length)
  }
  return vectors
}

/** A context that pools; kept with its model. */
class EncoderContext {
  static readonly #contexts = new WeakMap<LoadedModel, Promise<EncoderContext>>()

  private constructor(
    readonly model: LoadedModel,
    readonly pointer: Pointer,
    readonly batch: Batch,
  ) {}

  static of(model: LoadedModel, reserve: ReserveMemory): Promise<EncoderContext> {
    const known = EncoderContext.#contexts.get(model)
    if (known) return known
    const made = EncoderContext.#create(model, reserve)
    EncoderContext.#contexts.set(model, made)
    made.catch(() => EncoderContext.#contexts.delete(model))
    return made
  }

  static async #create(model: LoadedModel, reserve: ReserveMemory): Promise<EncoderContext> {
    const { native, threads } = model
    const { binding } = native
    const tokens = Math.max(minBatchTokens, model.contextTokens)
    const params = {
      ...binding.llama_context_default_params(),
      n_ctx: tokens,
      n_batch: tokens,
      n_ubatch: tokens,
      n_seq_max: textsPerBatch,
      n_threads: threads,
      n_threads_batch: threads,
      pooling_type: native.poolingType,
      embeddings: true,
      kv_unified: true,
    }
    const bytes = scratchBytes(native, tokens, tokens)
    await reserve(bytes, `the context of "${native.name}"`)
    const pointer = await new Promise<Pointer>((resolve, reject) =>
      binding.llama_init_from_model.async(native.pointer, params, (error, result) => (error ? reject(error) : resolve(result))),
    )
    if (pointer === null) throw new TributaryError('out-of-memory', `There is no memory for the context of "${native.name}".`)
    model.attach(bytes, () => binding.llama_free(pointer))
    return new EncoderContext(model, pointer, new Batch(tokens))
  }

  /** how many of these lengths, from the first, fit one batch; at least one */
  fitting(lengths: readonly number[]): number {
    let sum = 0
    for (const [i, length] of lengths.entries()) {
      sum += length
      if (sum > this.batch.capacity) return Math.max(1, i)
    }
    return lengths.length
  }

  /** Pooled vectors of a few token lists. Read before the lock is given back: the next batch overwrites them. */
  async run(lists: readonly (readonly number[])[]): Promise<Float32Array[]> {
    return this.model.lock.run(async () => {
      const { binding } = this.model.native
      const memory = binding.llama_get_memory(this.pointer)
      if (memory !== null) binding.llama_memory_clear(memory, false)
      this.#fill(lists)
      const started = performance.now()
      const governor = this.model.governors.large
      const threads = governor.choose(started)
      this.model.workers.assign(this.pointer, threads)
      const status = await compute(binding, this.pointer, this.batch, memory !== null)
      const now = performance.now()
      governor.record({ threads, ms: now - started, tokens: this.batch.length }, now)
      if (status !== 0) throw new Error(`llama.cpp could not embed a batch (code ${status})`)
      return lists.map((_, sequence) => this.#vector(sequence))
    })
  }

  #fill(lists: readonly (readonly number[])[]): void {
    this.batch.clear()
    lists.forEach((tokens, sequence) => {
      tokens.forEach((token, position) => {
        this.batch.add(token, position, sequence, undefined, true)
      })
    })
  }

  #vector(sequence: number): Float32Array {
    const { native } = this.model
    const source = native.binding.llama_get_embeddings_seq(this.pointer, sequence)
    if (source === null) throw new Error('llama.cpp gave no embedding')
    const length = native.poolingType === pooling.rank ? native.labels.length : native.embeddingDimensions
    const vector = new Float32Array(length)
    native.binding.copyMemory(vector, source, 4 * length)
    return vector
  }
}

/** On another thread: a batch of passages takes tens of milliseconds. */
const compute = (binding: Binding, pointer: Pointer, batch: Batch, hasMemory: boolean): Promise<number> =>
  new Promise((resolve, reject) => {
    const run = hasMemory ? binding.llama_decode : binding.llama_encode
    run.async(pointer, batch.native, (error, status) => (error ? reject(error) : resolve(status)))
  })

/** The vector with length 1; a zero vector stays. */
export function normalise(vector: Float32Array): Float32Array {
  let sum = 0
  for (const x of vector) sum += x * x
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0
  return vector.map((x) => x * scale)
}

function refuseOverflow(tokens: number, model: LoadedModel, ref: ModelRef): void {
  const limit = model.contextTokens
  if (tokens <= limit) return
  throw new TributaryError('context-overflow', `A text has ${tokens} tokens; "${ref.name}" reads ${limit} at once.`, {
    hint: 'Cut the documents into shorter passages.',
    details: { tokens, context: limit },
  })
}
