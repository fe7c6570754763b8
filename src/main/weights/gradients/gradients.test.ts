import { describe, expect, it } from 'vitest'
import { randomOf } from '../search/search'
import { fisherDiagonal } from './fisher'
import { Llama } from './llama'
import { llamaShape } from './shape'

const shape = { blocks: 2, width: 8, heads: 2, keyHeads: 1, headWidth: 4, epsilon: 1e-5, ropeBase: 10_000 }
const vocabulary = 11
const hidden = 12

function network(seed: number): Llama {
  const { normal } = randomOf(seed)
  const filled = (length: number, by = 0.4, about = 0): Float32Array => Float32Array.from({ length }, () => about + by * normal())
  const weights = new Map([
    ['token_embd.weight', filled(vocabulary * 8, 1)],
    ['output_norm.weight', filled(8, 0.1, 1)],
    ['output.weight', filled(vocabulary * 8)],
  ])
  for (let b = 0; b < 2; b++) {
    for (const [name, length] of Object.entries({
      attn_q: 64,
      attn_k: 32,
      attn_v: 32,
      attn_output: 64,
      ffn_gate: 96,
      ffn_up: 96,
      ffn_down: hidden * 8,
    }))
      weights.set(`blk.${b}.${name}.weight`, filled(length))
    for (const name of ['attn_norm', 'ffn_norm']) weights.set(`blk.${b}.${name}.weight`, filled(8, 0.1, 1))
  }
  return new Llama(shape, weights)
}

const text = { tokens: [3, 1, 4, 1, 5, 9], first: 2 }

/** −log p of the text's own tokens. */
function lossOf(model: Llama): number {
  const { logits } = model.forward(text.tokens)
  let nats = 0
  for (let t = text.first; t < text.tokens.length; t++) {
    const row = logits.subarray((t - 1) * vocabulary, t * vocabulary)
    nats += Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (row[text.tokens[t] ?? 0] ?? 0)
  }
  return nats
}

describe('gradients of a small Llama', () => {
  it('are the slopes that small steps of every kind of weight show', () => {
    const model = network(1)
    const fisher = fisherDiagonal(model, [text], { labels: 'observed', seed: 0 })
    const byName = new Map(fisher.entries.filter(({ quantity }) => quantity === 'fisher').map(({ matrix, data }) => [matrix, data]))
    expect([...byName.keys()].sort()).toEqual([...model.weights.keys()].sort())
    for (const [name, values] of model.weights)
      for (const index of [1, Math.floor(values.length / 2), values.length - 1]) {
        const was = values[index] as number
        const step = 2e-3
        values[index] = was + step
        const above = lossOf(model)
        values[index] = was - step
        const below = lossOf(model)
        values[index] = was
        const slope = (above - below) / (2 * step)
        expect([name, index, Math.sqrt(byName.get(name)?.[index] ?? -1)]).toEqual([name, index, expect.closeTo(Math.abs(slope), 2)])
      }
    expect(fisher.nats).toBeCloseTo(lossOf(model), 5)
    expect(fisher.scored).toBe(4)
  })

  it('of a mask are those that scaling a head or a hidden unit shows', () => {
    const model = network(2)
    const { entries } = fisherDiagonal(model, [text], { labels: 'observed', seed: 0 })
    const found = (matrix: string, quantity: string, index: number): number =>
      Math.sqrt(entries.find((entry) => entry.matrix === matrix && entry.quantity === quantity)?.data[index] ?? -1)
    const slopeOf = (name: string, columns: readonly number[], width: number): number => {
      const values = model.of(name)
      const scaled = (factor: number): number => {
        const was = Float32Array.from(values)
        for (let i = 0; i < values.length; i++) if (columns.includes(i % width)) values[i] = factor * (values[i] as number)
        const loss = lossOf(model)
        values.set(was)
        return loss
      }
      return Math.abs((scaled(1.002) - scaled(0.998)) / 0.004)
    }
    expect(found('blk.1.attn_output.weight', 'heads', 1)).toBeCloseTo(slopeOf('blk.1.attn_output.weight', [4, 5, 6, 7], 8), 2)
    expect(found('blk.0.ffn_down.weight', 'units', 5)).toBeCloseTo(slopeOf('blk.0.ffn_down.weight', [5], hidden), 2)
  })

  it('with sampled labels depend on the seed, and on nothing else', () => {
    const model = network(3)
    const of = (seed: number) => fisherDiagonal(model, [text], { labels: 'sampled', seed }).entries[0]?.data
    expect(of(1)).toEqual(of(1))
    expect(of(1)).not.toEqual(of(2))
  })
})

describe('what cannot be differentiated', () => {
  const metadata = new Map([['general.architecture', { type: 'string', value: 'gemma3' }]] as const)
  it('is refused by name', () => {
    expect(() => llamaShape('m', metadata, [])).toThrow(/m cannot be computed: it is a gemma3 model/)
    const llama = new Map([['general.architecture', { type: 'string', value: 'llama' }]] as const)
    expect(() => llamaShape('m', llama, [{ name: 'blk.0.attn_q.bias', shape: [4] }])).toThrow(/attn_q\.bias/)
    expect(() => llamaShape('m', llama, [{ name: 'token_embd.weight', shape: [4096, 128_000] }])).toThrow(/million parameters/)
  })
})
