import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './json'

/** The form as it is defined, without a thought of speed. */
function plainly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => plainly(item ?? null)).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${plainly(member)}`)
    .join()}}`
}

describe('canonical JSON', () => {
  it('has its keys by code unit, whatever order they were written in', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'x'], Z: {} })).toBe('{"Z":{},"a":[true,null,"x"],"b":1}')
    expect(canonicalJson({ a: 1, b: { c: 2, d: -0 } })).toBe('{"a":1,"b":{"c":2,"d":0}}')
    // the engine itself gives whole numbers first, by size
    expect(canonicalJson({ 9: 'nine', 10: 'ten', '-': 0 })).toBe('{"-":0,"10":"ten","9":"nine"}')
  })

  it('leaves members out that are undefined, and keeps their places in lists', () => {
    expect(canonicalJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}')
  })

  it('refuses what JSON cannot hold, wherever it stands', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, Symbol('s')])
      for (const holder of [value, [value], { a: value }, { b: 1, a: { c: [value] } }])
        expect(() => canonicalJson(holder)).toThrow(TypeError)
  })

  it('lets nothing write itself in its own way', () => {
    expect(canonicalJson({ at: new Date(0) })).toBe('{"at":{}}')
    expect(() => canonicalJson({ toJSON: () => 'other' })).toThrow(TypeError)
  })

  it('is the same for members in order, in no order, and of many', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('a', 'b', 'B', '10', '9', '1', '__proto__', 'toString'))
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.constant(undefined), fc.array(tie('any')), fc.dictionary(key, tie('any'))),
    })).any
    fc.assert(
      fc.property(value, fc.array(fc.tuple(key, fc.jsonValue()), { maxLength: 40 }), (some, entries) => {
        for (const one of [some ?? null, Object.fromEntries(entries), Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))])
          expect(canonicalJson(one)).toBe(plainly(one))
      }),
      { numRuns: 150 },
    )
  })
})
