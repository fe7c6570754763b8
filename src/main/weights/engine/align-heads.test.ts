import { expect, it } from 'vitest'
import { matcherOf } from '../kernels/matching'
import { randomOf } from '../search/search'
import { type HeadOrder, type HeadWeights, matchHeads, ordersOfHeads } from './align-heads'

// 3 groups of 2 query heads; query and key heads of 4 channels, values of 5; 7 wide
const heads = { groups: 3, perGroup: 2 }
const sizes = { size: 4, valueSize: 5 }
const width = 7
const { normal } = randomOf(4)
const random = (rows: number) => Float32Array.from({ length: rows * width }, normal)
const to: Required<HeadWeights> = { q: random(24), k: random(12), v: random(15), output: random(30) }
const known: HeadOrder = {
  groups: [2, 0, 1],
  queries: [
    [1, 0],
    [0, 1],
    [1, 0],
  ],
  channels: [
    [4, 2, 0, 1, 3],
    [0, 1, 2, 3, 4],
    [1, 0, 3, 4, 2],
  ],
}

const tensors = ['q', 'k', 'v', 'output'].map((part) => ({ name: `blk.0.attn_${part}.weight`, shape: [width, 1] }))
const orders = (order: HeadOrder) =>
  ordersOfHeads(order, heads, { q: [0], k: [1], v: [2], output: 3, ...sizes }, tensors).map(([, moved]) => moved?.order ?? [])
const moved = (weights: Required<HeadWeights>, order: HeadOrder, noise: number): Required<HeadWeights> => {
  const [q = [], k = [], v = [], output = []] = orders(order)
  const rows = (from: Float32Array, list: readonly number[]) =>
    Float32Array.from(list.flatMap((row) => [...from.subarray(row * width, (row + 1) * width)].map((value) => value + noise * normal())))
  return { q: rows(weights.q, q), k: rows(weights.k, k), v: rows(weights.v, v), output: rows(weights.output, output) }
}

it.each(['assignment', 'sinkhorn'] as const)('%s undoes a known order of groups, query heads and value channels, under noise', (solver) => {
  const of = moved(to, known, 0.01)
  const back = moved(of, matchHeads(to, of, heads, sizes, matcherOf(solver)), 0)
  for (const part of ['q', 'k', 'v', 'output'] as const)
    expect(Math.max(...back[part].map((value, i) => Math.abs(value - (to[part][i] as number))))).toBeLessThan(0.06)
})

it('leaves a model that fits already as it is', () => {
  const same = matchHeads(to, to, heads, sizes, matcherOf('assignment'))
  expect(same.groups).toEqual([0, 1, 2])
  expect(same.queries).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ])
  expect(same.channels).toEqual([
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4],
  ])
})

it('keeps query heads in the group of their key and value head', () => {
  const [q = [], k = []] = orders(known)
  const groupOf = (row: number, size: number) => Math.floor(row / size)
  for (const [at, row] of q.entries()) expect(groupOf(row, 8)).toBe(known.groups[groupOf(at, 8)])
  for (const [at, row] of k.entries()) expect(row % 4).toBe(at % 4)
})
