import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { superfluousVersions } from './superfluous'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = 1_000 * day
const automatic = (version: number, age: number) => ({ version, at: now - age, automatic: true })

describe('thinning of versions', () => {
  it('keeps every version of the last day', () => {
    expect(
      superfluousVersions(
        [3, 2, 1].map((n) => automatic(n, (10 - n) * minute)),
        now,
      ),
    ).toEqual([])
  })

  it('keeps the newest of each hour of the last week, of each day after that', () => {
    const atTen = 2 * day
    expect(superfluousVersions([automatic(9, 0), automatic(3, atTen - 40 * minute), automatic(2, atTen - 20 * minute)], now)).toEqual([2])
    expect(superfluousVersions([automatic(9, 0), automatic(3, 30 * day - 2 * hour), automatic(2, 30 * day - hour)], now)).toEqual([2])
  })

  it('never touches a named version, nor the newest', () => {
    const old = [1, 2, 3].map((n) => ({ version: n, at: now - 400 * day + n, automatic: n === 3 }))
    expect(superfluousVersions(old, now)).toEqual([])
  })

  it('settles: what is left is not thinned again at the same moment', () => {
    const versions = fc.array(fc.record({ age: fc.integer({ min: 0, max: 900 * day }), automatic: fc.boolean() }), { minLength: 1 })
    fc.assert(
      fc.property(versions, (drawn) => {
        const all = drawn
          .sort((a, b) => b.age - a.age)
          .map(({ age, automatic: made }, i) => ({ version: i + 1, at: now - age, automatic: made }))
        const gone = new Set(superfluousVersions(all, now))
        const left = all.filter(({ version }) => !gone.has(version))
        expect(superfluousVersions(left, now)).toEqual([])
        expect(left.filter((version) => !version.automatic)).toEqual(all.filter((version) => !version.automatic))
      }),
    )
  })
})
