import { expect, it } from 'vitest'
import { decodeBF16, encodeBF16 } from '../convert/half'
import { mergeInMemory, type SmallModel } from '../in-memory'
import type { AnyMethod } from '../method'
import ties from '../methods/ties'

const shapes = { a: [1024, 1500], b: [512, 700], c: [300], d: [1024, 900] }

function model(seed: number, value: (draw: () => number) => number, round: boolean): SmallModel {
  let state = seed
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => value(draw))
      if (round) {
        const words = new Uint16Array(data.length)
        encodeBF16(data, words)
        decodeBF16(words, data)
      }
      return [name, { shape, data }]
    }),
  )
}

/** By sorting: what TIES keeps of one model, ties in flat order over the tensors. */
function keptBySorting(base: SmallModel, tuned: SmallModel, density: number): boolean[] {
  const deltas = [...base].flatMap(([name, { data }]) =>
    [...data].map((value, i) => Math.abs(Math.fround((tuned.get(name)?.data[i] ?? 0) - value))),
  )
  const order = deltas.map((_, index) => index).sort((a, b) => (deltas[b] as number) - (deltas[a] as number) || a - b)
  const kept = new Array<boolean>(deltas.length).fill(false)
  for (const index of order.slice(0, Math.floor(density * deltas.length))) kept[index] = (deltas[index] as number) > 0
  return kept
}

/** How often each pass measured a block. */
function counted(method: AnyMethod): { readonly method: AnyMethod; readonly blocks: number[] } {
  const blocks: number[] = []
  const passes: AnyMethod['passes'] = (setting) =>
    (method.passes?.(setting) ?? []).map((pass, index) => ({
      ...pass,
      measure(input, into) {
        blocks[index] = (blocks[index] ?? 0) + 1
        pass.measure(input, into)
      },
    }))
  return { method: { ...method, passes }, blocks }
}

it.each([
  ['half precision: a sample shows the bound, one pass over all checks it', true, 0.2, [3, 3, 46]],
  ['float32: no value is frequent, so the histograms are made', false, 0.2, [3, 3, undefined, 46, 46]],
] as const)('%s; what stays is what sorting keeps', (_, halves, density, blocks) => {
  const base = model(1, (draw) => draw() * 0.04, halves)
  const tuned = new Map([...model(1, (draw) => draw() * 0.04, false)].map(([name, one]) => [name, one]))
  const own = model(7, (draw) => draw() * 0.002, false)
  for (const [name, { data }] of tuned) {
    const change = own.get(name)?.data ?? data
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + (change[i] as number)
    if (!halves) continue
    const words = new Uint16Array(data.length)
    encodeBF16(data, words)
    decodeBF16(words, data)
  }
  const spied = counted(ties)
  const merged = mergeInMemory(spied.method, { base, models: [{ weights: tuned, params: { density } }] })
  const kept = [...merged].flatMap(([name, { data }]) => [...data].map((value, i) => value !== base.get(name)?.data[i]))
  const wanted = keptBySorting(base, tuned, density)
  expect(kept.filter((one) => one).length).toBe(wanted.filter((one) => one).length)
  expect(kept.findIndex((one, i) => one !== wanted[i])).toBe(-1)
  expect(spied.blocks.slice(0, blocks.length)).toEqual([...blocks])
})
