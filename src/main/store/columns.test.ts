import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumns, toColumns } from './columns'

const throughText = (records: readonly object[]): unknown => fromColumns(JSON.parse(JSON.stringify(toColumns(records))))

describe('records by column', () => {
  it('say once what is the same in all, and names once a shape', () => {
    const records = [
      { type: 'start', node: 'a', seed: 0 },
      { type: 'start', node: 'b', seed: 0 },
      { type: 'end', node: 'a', usage: { ms: 1, tokens: 0 } },
      { type: 'end', node: 'b', usage: { ms: 2, tokens: 0 } },
    ]
    expect(toColumns(records)).toEqual({
      records: 4,
      shapes: [
        { names: ['type', 'node', 'seed'], columns: [{ same: 'start' }, { each: ['a', 'b'] }, { same: 0 }] },
        {
          names: ['type', 'node', 'usage'],
          columns: [
            { same: 'end' },
            { each: ['a', 'b'] },
            { inner: { records: 2, shapes: [{ names: ['ms', 'tokens'], columns: [{ each: [1, 2] }, { same: 0 }] }] } },
          ],
        },
      ],
      of: [0, 0, 1, 1],
    })
    expect(throughText(records)).toEqual(records)
  })

  it('have no records, or records without members', () => {
    expect(throughText([])).toEqual([])
    expect(throughText([{}, {}])).toEqual([{}, {}])
    expect(throughText([{}, { a: 1 }, {}])).toEqual([{}, { a: 1 }, {}])
  })

  it('give any JSON back as text would, with the order of its members', () => {
    const member = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constantFrom('same', 7, null, false))
    const name = fc.oneof(fc.constantFrom('e', 'node', 'type', 'usage', '__proto__', 'constructor', '1'), fc.string())
    const record = fc.array(fc.tuple(name, fc.oneof(member, fc.dictionary(name, member)))).map((entries) => Object.fromEntries(entries))
    fc.assert(
      fc.property(fc.array(record), (records) => {
        expect(JSON.stringify(throughText(records))).toBe(JSON.stringify(records))
      }),
      { numRuns: 500 },
    )
  })
})
