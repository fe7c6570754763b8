import { Random } from '../decoding/random'
import type { MaskStatistics, MasksAsked, ModelStatistics, StatisticsRequest } from '../models/model'
import type { LoadedModel, MemoryOfCall } from './loaded-model'
import { sourcesOf } from './matrix-products'
import type { LlamaRuntime } from './runtime'
import type { ScoringCall } from './score'
import { ActivationTap, isFloat, nameOf } from './taps'
import { tokensOfText } from './text-tokens'

/** What a layer's attention or feed-forward part writes last: the matrix, or the norm behind it where there is one (Gemma). */
const last = /^blk\.\d+\.(attn_output|ffn_down)\.weight$/
const norm = /^blk\.\d+\.(post_attention_norm|post_ffw_norm|attn_post_norm|ffn_post_norm)\.weight$/

/**
 * How much the answers of a model depend on each layer's attention and feed-forward part: the squared slope of log p(labels) at a mask of ones on what the part
 * adds, by central differences: exact up to step², for any architecture of dense layers, and no file is written. Reads every text once, and twice more for each part.
 * Thennal et al. 2024, arXiv:2403.09891, whose masks are on single heads and units.
 */
export async function measureMasks(
  runtime: LlamaRuntime,
  model: LoadedModel,
  { texts, step, labels, seed }: MasksAsked & Pick<StatisticsRequest, 'texts'>,
  call: ScoringCall,
): Promise<ModelStatistics> {
  const tap = await ScaledTap.open(model, runtime.parts.lease)
  const squares = new Map<string, number>()
  const random = new Random(seed)
  const sum = { tokens: 0, scored: 0, nats: 0 }
  try {
    for (const [index, text] of texts.entries()) {
      const { tokens, firstScored } = await tokensOfText(runtime, model, text)
      const positions = Array.from(
        { length: Math.max(0, tokens.length - Math.max(1, firstScored)) },
        (_, i) => Math.max(1, firstScored) + i,
      )
      let wanted = positions.map((position) => tokens[position] as number)
      const plain = await tap.read(tokens, undefined, (logits) => {
        sum.nats -= logLikelihood(logits, positions, wanted)
        if (labels === 'sampled') wanted = positions.map((position) => drawn(logits(position - 1), random.uniform()))
      })
      for (const part of plain.parts) {
        call.signal.throwIfAborted()
        // between passes other calls have their turn
        await new Promise((done) => setImmediate(done))
        const likelihoods: number[] = []
        for (const factor of [1 + step, 1 - step])
          await tap.read(tokens, { part, factor }, (logits) => void likelihoods.push(logLikelihood(logits, positions, wanted)))
        const slope = ((likelihoods[0] as number) - (likelihoods[1] as number)) / (2 * step)
        squares.set(part, (squares.get(part) ?? 0) + slope * slope)
      }
      sum.tokens += tokens.length
      sum.scored += positions.length
      call.onProgress(index + 1, texts.length)
    }
  } finally {
    tap.close()
  }
  const masks = [...squares].map(([weight, value]): MaskStatistics => ({ weight, squares: value }))
  return { inputs: [], outputs: [], ...sum, entropy: 0, masks }
}

type LogitsAt = (row: number) => Float32Array

/** Forward passes in which what one part adds is scaled. */
class ScaledTap {
  readonly #tap: ActivationTap

  private constructor(tap: ActivationTap) {
    this.#tap = tap
  }

  static async open(model: LoadedModel, memory: MemoryOfCall): Promise<ScaledTap> {
    const { binding } = model.native
    const tap = await ActivationTap.open(model, memory, { everyLogit: true, sumsBytes: 0 }, (name, address) => {
      if (name === 'result_output') return true
      const operation = binding.ggml_op_desc(address)
      return operation === 'MUL_MAT' ? last.test(writerOf(address, 0)) : operation === 'MUL' && norm.test(writerOf(address, 1))
    })
    return new ScaledTap(tap)
  }

  /** One pass; gives the parts that were seen. A part with a norm behind its matrix is that norm. */
  async read(
    tokens: readonly number[],
    scaled: { readonly part: string; readonly factor: number } | undefined,
    onLogits: (at: LogitsAt) => void,
  ): Promise<{ readonly parts: readonly string[] }> {
    const seen = new Set<string>()
    await this.#tap.read(
      tokens,
      ({ name, address, values, shape }) => {
        if (name === 'result_output') return onLogits((row) => values.subarray(row * shape[0], (row + 1) * shape[0]))
        const [matrix, gain] = [writerOf(address, 0), writerOf(address, 1)]
        const part = norm.test(gain) ? gain : matrix
        seen.add(part)
        if (part === scaled?.part)
          this.#tap.replace(
            address,
            values.map((value) => value * scaled.factor),
          )
      },
      true,
    )
    const normed = (block: string, kind: RegExp): boolean => [...seen].some((part) => part.startsWith(block) && kind.test(part))
    const parts = [...seen].filter((part) => {
      const block = /^blk\.\d+\./.exec(part)?.[0] ?? ''
      if (part.endsWith('attn_output.weight')) return !normed(block, /\.(post_attention_norm|attn_post_norm)\./)
      return !part.endsWith('ffn_down.weight') || !normed(block, /\.(post_ffw_norm|ffn_post_norm)\./)
    })
    return { parts }
  }

  close(): void {
    this.#tap.close()
  }
}

const writerOf = (address: bigint, source: 0 | 1): string => {
  const found = sourcesOf(address)[source]
  return found === 0n || !isFloat(address) ? '' : nameOf(found)
}

function logLikelihood(logits: LogitsAt, positions: readonly number[], labels: readonly number[]): number {
  let sum = 0
  for (const [index, position] of positions.entries()) {
    const row = logits(position - 1)
    sum += (row[labels[index] as number] as number) - logTotal(row)
  }
  return sum
}

function logTotal(logits: Float32Array): number {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  return largest + Math.log(logits.reduce((total, value) => total + Math.exp(value - largest), 0))
}

/** The token at this share of the distribution. */
function drawn(logits: Float32Array, share: number): number {
  const total = logTotal(logits)
  let left = share
  for (let token = 0; token < logits.length; token++) {
    left -= Math.exp((logits[token] as number) - total)
    if (left < 0) return token
  }
  return logits.length - 1
}
