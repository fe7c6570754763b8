import { randomOf } from '../search/search'
import type { TableEntry } from '../statistics/table'
import type { Llama, Pass } from './llama'
import { softmax } from './matrix'
import { SquaredSlopes, type SquareSums } from './squared-slopes'

/** A text as tokens; those from `first` on are what the model is judged by. */
export interface TokenText {
  readonly tokens: readonly number[]
  readonly first: number
}

export interface FisherOptions {
  /** `sampled`: labels drawn from the model itself (the Fisher information) · `observed`: the texts' own tokens (the empirical one) */
  readonly labels: 'sampled' | 'observed'
  readonly seed: number
  readonly onText?: (done: number) => void
}

export interface FisherResult {
  /** of heads and hidden units */
  readonly masks: readonly TableEntry[]
  readonly scored: number
  readonly nats: number
}

/**
 * The diagonal of the Fisher information, exactly: mean over texts of the squared gradient of log p(labels | text so far), for every weight, and for a
 * mask of ones on every head and hidden unit. The sums over texts of squared slopes go to `sums`. Matena and Raffel 2022, arXiv:2111.09832; Thennal et al. 2024, arXiv:2403.09891.
 */
export function fisherDiagonal(
  model: Llama,
  texts: readonly TokenText[],
  { labels, seed, onText }: FisherOptions,
  sums: SquareSums,
): FisherResult {
  const slopes = new SquaredSlopes(sums)
  const masks: { heads: Float32Array[]; units: Float32Array[] } = { heads: [], units: [] }
  const { uniform } = randomOf(seed)
  const score = { scored: 0, nats: 0 }
  for (const [index, text] of texts.entries()) {
    const pass = model.forward(text.tokens)
    const found = model.backward(pass, logitSlopes(pass, text, labels === 'sampled' ? uniform : undefined, score), slopes)
    for (const kind of ['heads', 'units'] as const)
      for (const [block, values] of found[kind].entries()) {
        const into = masks[kind][block] ?? new Float32Array(values.length)
        masks[kind][block] = into
        for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + (values[i] as number) ** 2
      }
    onText?.(index + 1)
  }
  const mean = (values: Float32Array): Float32Array => values.map((value) => value / Math.max(1, texts.length))
  return {
    masks: [
      ...masks.heads.flatMap((values, block) => headEntries(block, mean(values), model.shape.keyHeads)),
      ...masks.units.map((values, block): TableEntry => maskEntry(`blk.${block}.ffn_down.weight`, 'units', mean(values))),
    ],
    ...score,
  }
}

const maskEntry = (matrix: string, quantity: 'heads' | 'units', data: Float32Array): TableEntry => ({
  matrix,
  quantity,
  shape: [data.length],
  data,
})

/** Queries have a mask each, keys that of the heads they serve, on average. */
function headEntries(block: number, heads: Float32Array, groups: number): TableEntry[] {
  const perGroup = heads.length / groups
  const keys = Float32Array.from({ length: groups }, (_, g) => {
    let sum = 0
    for (let h = g * perGroup; h < (g + 1) * perGroup; h++) sum += heads[h] as number
    return sum / perGroup
  })
  return [
    maskEntry(`blk.${block}.attn_output.weight`, 'heads', heads),
    maskEntry(`blk.${block}.attn_q.weight`, 'heads', heads),
    maskEntry(`blk.${block}.attn_k.weight`, 'heads', keys),
  ]
}

/** Slopes of −log p by the logits, in their place: p − label. Adds the text's own −log p to `score`. */
function logitSlopes(
  { logits, tokens }: Pass,
  { first }: TokenText,
  draw: (() => number) | undefined,
  score: { scored: number; nats: number },
): Float32Array {
  const vocabulary = logits.length / tokens.length
  const start = Math.max(1, first)
  logits.fill(0, 0, (start - 1) * vocabulary)
  logits.fill(0, (tokens.length - 1) * vocabulary)
  for (let position = start; position < tokens.length; position++) {
    const row = logits.subarray((position - 1) * vocabulary, position * vocabulary)
    softmax(row)
    const token = tokens[position] as number
    score.scored++
    score.nats -= Math.log(Math.max(row[token] as number, 1e-30))
    const label = draw === undefined ? token : drawFrom(row, draw())
    row[label] = (row[label] as number) - 1
  }
  return logits
}

function drawFrom(shares: Float32Array, u: number): number {
  let rest = u
  for (const [index, share] of shares.entries()) {
    rest -= share
    if (rest < 0) return index
  }
  return shares.length - 1
}
