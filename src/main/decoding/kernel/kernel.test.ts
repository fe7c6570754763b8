import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Kernel } from './kernel'
import { plainKernel } from './plain'
import { RowMemory } from './row-memory'
import { createSimdKernel } from './simd'

const simd = createSimdKernel(2 ** 20) as Kernel

const scores = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.float({ min: -90, max: 40, noNaN: true }) }, { weight: 1, arbitrary: fc.constant(-Infinity) }),
  {
    minLength: 1,
    maxLength: 67,
  },
)

function withRows(count: number, values: readonly (readonly number[])[], work: (rows: Float32Array[]) => void): void {
  const rows = simd.allocate(count, (values[0] as readonly number[]).length)
  values.forEach((row, i) => {
    ;(rows[i] as Float32Array).set(row)
  })
  work(rows)
  simd.release(rows)
}

/** Equal, or equal to a few units in the last place of float32. */
function near(actual: number, expected: number, tolerance = 4e-7): void {
  if (Object.is(actual, expected) || actual === expected) return
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)))
}

describe('the vector kernel', () => {
  it('exists here', () => expect(simd.name).toBe('simd'))

  it('gives the same to a few units where the engine cannot fuse products and sums', () => {
    const plainer = createSimdKernel(2 ** 20, false) as Kernel
    fc.assert(
      fc.property(scores, (values) => {
        const of = (kernel: Kernel): number[] => {
          const [row, out] = kernel.allocate(2, values.length) as [Float32Array, Float32Array]
          row.set(values)
          const max = kernel.maximum(row)
          const results = max === -Infinity ? [] : [kernel.logSumExp(row, max), ...kernel.mixture([row], [max], [1], out), ...out]
          kernel.release([row, out])
          return results
        }
        const own = of(simd)
        of(plainer).forEach((x, i) => {
          near(x, own[i] as number, 1e-6)
        })
      }),
    )
  })

  it('finds the maximum, and every NaN', () => {
    fc.assert(
      fc.property(scores, fc.nat(), (values, at) => {
        withRows(1, [values], ([row]) => {
          expect(simd.maximum(row as Float32Array)).toBe(plainKernel.maximum(Float32Array.from(values)))
          ;(row as Float32Array)[at % values.length] = NaN
          expect(simd.maximum(row as Float32Array)).toBeNaN()
        })
      }),
    )
  })

  it('agrees with the plain kernel on normalisers and first moments', () => {
    fc.assert(
      fc.property(scores, (values) => {
        withRows(1, [values], ([row]) => {
          const plain = Float32Array.from(values)
          const max = plainKernel.maximum(plain)
          const logZ = plainKernel.logSumExp(plain, max)
          near(simd.logSumExp(row as Float32Array, max), logZ)
          if (max === -Infinity) return
          const [own, expected] = [simd.moments(row as Float32Array, max), plainKernel.moments(plain, max)]
          near(own.total, expected.total)
          near(max + Math.log(own.total), logZ)
          near(own.weighted / own.total, expected.weighted / expected.total, 2e-6)
        })
      }),
    )
  })

  it('collects the same entries as the plain kernel, never the padding', () => {
    fc.assert(
      fc.property(scores, fc.oneof(fc.float({ min: -90, max: 40, noNaN: true }), fc.constant(-Infinity)), (values, threshold) => {
        withRows(1, [values], ([row]) => {
          expect(simd.collect(row as Float32Array, threshold)).toEqual(plainKernel.collect(Float32Array.from(values), threshold))
        })
      }),
    )
  })

  it('agrees with the plain kernel on tempered normalisers, and adds up rows', () => {
    fc.assert(
      fc.property(scores, fc.float({ min: Math.fround(0.2), max: 3, noNaN: true }), (values, scale) => {
        withRows(2, [values.map((x) => Math.max(x, -50)), values.map(() => 1)], ([row, out]) => {
          const plain = Float32Array.from(row as Float32Array)
          const max = plainKernel.maximum(plain)
          near(simd.logSumExp(row as Float32Array, max, scale), plainKernel.logSumExp(plain, max, scale), 2e-6)
          const expected = new Float32Array(values.length).fill(1)
          plainKernel.accumulate(plain, scale, expected)
          simd.accumulate(row as Float32Array, scale, out as Float32Array)
          expected.forEach((x, v) => {
            near((out as Float32Array)[v] as number, x, 1e-5)
          })
        })
      }),
    )
  })

  it('agrees with the plain kernel on exponentials', () => {
    fc.assert(
      fc.property(scores, fc.float({ min: Math.fround(0.2), max: 3, noNaN: true }), (values, scale) => {
        fc.pre(values.some((x) => x > -Infinity))
        withRows(2, [values], ([row, out]) => {
          const plain = Float32Array.from(values)
          const expected = new Float32Array(values.length)
          const max = plainKernel.maximum(plain)
          const total = plainKernel.exponentials(plain, max, scale, expected)
          near(simd.exponentials(row as Float32Array, max, scale, out as Float32Array), total, 2e-5)
          expected.forEach((e, v) => {
            near((out as Float32Array)[v] as number, e, 2e-5)
          })
          expect(simd.maximum(out as Float32Array)).toBeLessThanOrEqual(1)
        })
      }),
    )
  })

  it('agrees with the plain kernel on sums and mixtures, impossible tokens included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer(),
        fc.array(
          fc.integer({ min: -8, max: 8 }).map((n) => n / 4),
          { minLength: 3, maxLength: 3 },
        ),
        (size, seed, weights) => {
          const rows = [0, 1, 2].map((i) =>
            Array.from({ length: size }, (_, v) =>
              Math.imul(v + 7 * i + 1, seed | 1) % 9 === 0 ? -Infinity : 8 * Math.sin(seed + v * (i + 1)),
            ),
          )
          withRows(4, rows, ([a, b, c, out]) => {
            const inputs = [a, b, c] as Float32Array[]
            const expected = new Float32Array(size)
            plainKernel.combine(inputs, weights, expected)
            simd.combine(inputs, weights, out as Float32Array)
            expected.forEach((x, v) => {
              near((out as Float32Array)[v] as number, x, 1e-5)
            })
            const maxima = inputs.map((row) => plainKernel.maximum(row))
            const factors = weights.map(Math.abs)
            if (maxima.includes(-Infinity)) return
            const totals = plainKernel.mixture(inputs, maxima, factors, expected)
            simd.mixture(inputs, maxima, factors, out as Float32Array).forEach((total, i) => {
              near(total, totals[i] as number)
            })
            expected.forEach((x, v) => {
              near((out as Float32Array)[v] as number, x, 1e-6)
            })
          })
        },
      ),
    )
  })

  it('takes rows from elsewhere, and an output that is one of the inputs', () => {
    const [own] = simd.allocate(1, 3) as [Float32Array]
    own.set([1, 2, 3])
    simd.combine([Float32Array.of(1, 1, 1), own], [1, 2], own)
    expect(Array.from(own)).toEqual([3, 5, 7])
    simd.mixture([own, own], [7, 7], [0.5, 0.5], own)
    near(own[2] as number, -Math.log(1 + Math.exp(-2) + Math.exp(-4)))
    simd.release([own])
  })
})

describe('the memory of rows', () => {
  it('hands out rows that never overlap, takes them back, and says when it is full', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ size: fc.integer({ min: 1, max: 6000 }), give: fc.boolean() }), { maxLength: 60 }), (steps) => {
        const memory = new RowMemory(65536)
        const held: { row: Float32Array; mark: number }[] = []
        steps.forEach(({ size, give }, mark) => {
          if (give && held.length > 0) {
            memory.give((held.splice(mark % held.length, 1)[0] as (typeof held)[number]).row)
            return
          }
          const row = memory.take(size)
          if (row !== undefined) held.push({ row: row.fill(mark), mark })
        })
        for (const { row, mark } of held) expect(row.every((x) => x === mark)).toBe(true)
        for (const { row } of held) memory.give(row)
        expect(memory.take(65536 / 4)).toBeDefined()
        expect(memory.take(1)).toBeUndefined()
      }),
    )
  })

  it('falls back to plain memory where the rows do not fit', () => {
    const small = createSimdKernel(65536) as Kernel
    const rows = small.allocate(3, 8192)
    expect(rows).toHaveLength(3)
    rows.forEach((row, i) => {
      row.fill(i)
    })
    expect(rows.map((row) => small.logSumExp(row, row[0] as number))).toEqual([0, 1, 2].map((i) => i + Math.log(8192)))
    small.release(rows)
  })
})
