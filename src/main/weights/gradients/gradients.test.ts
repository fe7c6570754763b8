import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { plainCodec } from '../convert/codec'
import { compile } from '../engine/compile'
import { readGgufHeader } from '../gguf/read-header'
import { randomOf } from '../search/search'
import { decodeTable } from '../statistics/table'
import { resolveToy, tensorOf, toy } from '../testing/toys'
import { fisherDiagonal } from './fisher'
import { heldWeights, runFisherJob } from './fisher-job'
import { Llama } from './llama'
import { llamaShape } from './shape'
import { addSquares, type SquareSums } from './squared-slopes'

const shape = { blocks: 2, width: 8, heads: 2, keyHeads: 1, headWidth: 4, epsilon: 1e-5, ropeBase: 10_000 }
const vocabulary = 11
const hidden = 12

/** Sums in memory. */
class Sums implements SquareSums {
  readonly squares = new Map<string, Float32Array>()
  constructor(readonly weights: ReadonlyMap<string, Float32Array>) {
    for (const [name, { length }] of weights) this.squares.set(name, new Float32Array(length))
  }
  add(name: string, start: number, slopes: Float32Array): void {
    addSquares((this.squares.get(name) as Float32Array).subarray(start), slopes)
  }
}

function network(seed: number): { readonly model: Llama; readonly weights: Map<string, Float32Array>; readonly sums: Sums } {
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
  return { model: new Llama(shape, weights), weights, sums: new Sums(weights) }
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
    const { model, weights, sums } = network(1)
    const fisher = fisherDiagonal(model, [text], { labels: 'observed', seed: 0 }, sums)
    for (const [name, values] of weights)
      for (const index of [1, Math.floor(values.length / 2), values.length - 1]) {
        const was = values[index] as number
        const step = 2e-3
        values[index] = was + step
        const above = lossOf(model)
        values[index] = was - step
        const below = lossOf(model)
        values[index] = was
        const slope = (above - below) / (2 * step)
        expect([name, index, Math.sqrt(sums.squares.get(name)?.[index] ?? -1)]).toEqual([name, index, expect.closeTo(Math.abs(slope), 2)])
      }
    expect(fisher.nats).toBeCloseTo(lossOf(model), 5)
    expect(fisher.scored).toBe(4)
  })

  it('of a mask are those that scaling a head or a hidden unit shows', () => {
    const { model, sums } = network(2)
    const { masks } = fisherDiagonal(model, [text], { labels: 'observed', seed: 0 }, sums)
    const found = (matrix: string, quantity: string, index: number): number =>
      Math.sqrt(masks.find((entry) => entry.matrix === matrix && entry.quantity === quantity)?.data[index] ?? -1)
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
    const of = (seed: number) => {
      const { model, sums } = network(3)
      fisherDiagonal(model, [text], { labels: 'sampled', seed }, sums)
      return sums.squares.get('blk.0.attn_q.weight')
    }
    expect(of(1)).toEqual(of(1))
    expect(of(1)).not.toEqual(of(2))
  })
})

describe('the table of a model in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fisher-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('holds what the same passes add up in memory, and the masks', async () => {
    const path = 'resources/toys/toy-math.gguf'
    const { plan, metadata } = await compile(toy('toy-math'), resolveToy)
    const { tensors } = await readGgufHeader(path)
    const weights = new Map(await Promise.all(tensors.map(async ({ name }) => [name, await tensorOf(path, name)] as const)))
    const shape = llamaShape('toy-math', metadata, tensors)
    const texts = [text, { tokens: [7, 8, 9, 10], first: 1 }]
    const sums = new Sums(weights)
    const expected = fisherDiagonal(new Llama(shape, weights), texts, { labels: 'observed', seed: 0 }, sums)
    const file = join(folder, 'table')
    const told: number[] = []
    const job = { plan, shape, texts, labels: 'observed', seed: 0, made: { node: 'calibrate' }, path: file } as const
    const { scored, nats } = runFisherJob(job, plainCodec, (done) => told.push(done))
    expect([scored, nats, told]).toEqual([expected.scored, expected.nats, [1, 2]])
    const table = decodeTable(new Uint8Array(readFileSync(file)))
    for (const [name, squares] of sums.squares) expect(table.get(name, 'fisher')).toEqual(squares.map((value) => value / 2))
    for (const { matrix, quantity, data } of expected.masks) expect(table.get(matrix, quantity)).toEqual(data)
    expect([table.made, table.quantities]).toEqual([{ node: 'calibrate' }, ['fisher', 'units', 'heads']])
  })

  it('keeps no more weights in memory than it may', () => {
    const read: string[] = []
    const names = ['a', 'b', 'c']
    const weights = heldWeights(
      names,
      (index) => {
        read.push(names[index] as string)
        return new Float32Array(2)
      },
      16,
    )
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(weights.get(name)).toHaveLength(2)
    expect([read.join(''), weights.get('d'), weights.has('c')]).toEqual(['abcb', undefined, true])
  })
})

describe('what cannot be differentiated', () => {
  const metadata = new Map([['general.architecture', { type: 'string', value: 'gemma3' }]] as const)
  it('is refused by name', () => {
    expect(() => llamaShape('m', metadata, [])).toThrow(/m cannot be computed: it is a gemma3 model/)
    const llama = new Map([['general.architecture', { type: 'string', value: 'llama' }]] as const)
    expect(() => llamaShape('m', llama, [{ name: 'blk.0.attn_q.bias', shape: [4] }])).toThrow(/attn_q\.bias/)
  })
})
