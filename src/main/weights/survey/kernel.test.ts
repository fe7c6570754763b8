import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countBlock, layoutOf, surveyBlock } from './kernel'

const model = (...values: number[]) => ({ values: Float32Array.from(values), isDelta: false })
const delta = (...values: number[]) => ({ values: Float32Array.from(values), isDelta: true })

describe('a survey of one block', () => {
  it('measures result and models against the base', () => {
    const at = layoutOf(2)
    const sums = new Float64Array(at.size)
    surveyBlock({ base: Float32Array.of(1, 2, 3, 4), models: [model(2, 2, 2, 4), model(0, 2, 5, 4)], result: model(1, 2, 4, 4) }, sums)
    expect(sums[at.elements]).toBe(4)
    expect(sums[at.reference]).toBe(30)
    expect(sums[at.change]).toBe(1)
    expect(sums[at.unchanged]).toBe(3)
    // entries 0 and 2 are pulled both ways
    expect(sums[at.conflicts]).toBe(2)
    expect([...sums.subarray(at.changes, at.changes + 2)]).toEqual([2, 5])
    expect([...sums.subarray(at.unchangedOf, at.unchangedOf + 2)]).toEqual([2, 2])
    expect(sums[at.dots]).toBe(1 * -1 + -1 * 2)
  })

  it('without a base measures against the mean, so two models change by opposite amounts', () => {
    const at = layoutOf(2)
    const sums = new Float64Array(at.size)
    surveyBlock({ models: [model(1, 5), model(3, 5)], result: model(2, 5) }, sums)
    expect(sums[at.change]).toBe(0)
    expect([...sums.subarray(at.changes, at.changes + 2)]).toEqual([1, 1])
    expect(sums[at.dots]).toBe(-1)
    expect(sums[at.conflicts]).toBe(1)
  })

  it('takes deltas as the changes that they are, and a model by itself as it is', () => {
    const at = layoutOf(1)
    const sums = new Float64Array(at.size)
    surveyBlock({ models: [delta(1, 0, -2)], result: delta(0, 0, -2) }, sums)
    expect([sums[at.change], sums[at.unchanged], sums[at.changes], sums[at.unchangedOf]]).toEqual([4, 2, 5, 1])
    const alone = new Float64Array(layoutOf(0).size)
    surveyBlock({ models: [], result: model(3, 4) }, alone)
    expect([...alone]).toEqual([2, 0, 25, 0, 0])
  })

  it('adds up over blocks: two halves are the whole', () => {
    const values = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(values, values, values, fc.nat(), (a, b, c, cut) => {
        const n = Math.min(a.length, b.length, c.length)
        const half = cut % n
        const at = layoutOf(1)
        const part = (from: number, to: number, into: Float64Array) =>
          surveyBlock(
            { base: Float32Array.from(a).subarray(from, to), models: [model(...b.slice(from, to))], result: model(...c.slice(from, to)) },
            into,
          )
        const whole = new Float64Array(at.size)
        const parts = new Float64Array(at.size)
        part(0, n, whole)
        part(0, half, parts)
        part(half, n, parts)
        expect([...parts]).toEqual([...whole])
      }),
    )
  })

  it('counts changes in equal steps; what lies beyond is in the outermost', () => {
    const counts = new Float64Array(8)
    countBlock({ base: Float32Array.of(0, 0, 0, 0), models: [model(-9, -1, 1, 9)], result: model(0, 0.4, -0.6, 2) }, 1, 4, counts)
    expect([...counts.subarray(0, 4)]).toEqual([1, 0, 2, 1])
    expect([...counts.subarray(4)]).toEqual([2, 0, 0, 2])
  })
})
