import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, parseAssertion } from './assertion'
import { parseMetric } from './metric-expression'
import { parsePath, pathOfColumn, readPath } from './path'
import { inputsOfRow } from './row-input'

describe('a path into a row', () => {
  const row = { q: 'why', meta: { title: 'T', tags: ['a', 'b'] }, 'odd.name': 1, nothing: null }
  it.each([
    ['.q', 'why'],
    ['q', 'why'],
    ['.meta.title', 'T'],
    ['.meta.tags[1]', 'b'],
    ['.["odd.name"]', 1],
    ['["odd.name"]', 1],
    ['.nothing', null],
    ['.meta.tags[7]', undefined],
    ['.q.length', undefined],
    ['.__proto__', undefined],
    ['.constructor', undefined],
  ])('%s', (path, value) => expect(readPath(row, parsePath(path))).toEqual(value))

  it('may be the whole row', () => expect(readPath(row, parsePath('.'))).toBe(row))
  it.each(['', '..', '.a..b', '.a[', '.a[x]', '.a[-1]', '.a]b', '.a~b', '.a b=c', `.${'a.'.repeat(20)}a`, 'a'.repeat(500)])(
    'refuses “%s”',
    (path) => expect(() => parsePath(path)).toThrow(/names no field/),
  )
  it('of any column is read back', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }).filter((name) => !name.includes('"')),
        (name) => {
          expect(parsePath(pathOfColumn(name))).toEqual([name])
        },
      ),
    )
  })
  it('never throws anything but a sentence', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          readPath(row, parsePath(text))
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'usage' })
        }
      }),
    )
  })
})

describe('a metric on the command line', () => {
  it('names its kind, output and expectation', () =>
    expect(parseMetric('em=answer~.gold')).toEqual({ name: 'em', kind: 'em', output: 'answer', expected: '.gold', options: {} }))
  it('may have a name of its own and options', () =>
    expect(parseMetric('near:close=sum~.value;tolerance=0.5;relative=true')).toEqual({
      name: 'near',
      kind: 'close',
      output: 'sum',
      expected: '.value',
      options: { tolerance: 0.5, relative: true },
    }))
  it('may need nothing', () => expect(parseMetric('latency')).toEqual({ name: 'latency', kind: 'latency', options: {} }))
  it.each(['', '=x', 'em=', '9=x', 'em=a~.b;c', 'a:b c=d'])('refuses “%s”', (text) =>
    expect(() => parseMetric(text)).toThrow(/not understood/),
  )
})

describe('an assertion', () => {
  const summary = [
    {
      name: 'em',
      kind: 'em',
      better: 'higher' as const,
      unit: 'share' as const,
      variants: [
        { count: 4, mean: 0.5, low: 0.2, high: 0.8 },
        { count: 4, mean: 0.75, low: 0.4, high: 1 },
      ],
    },
  ]
  const verdict = (text: string) => judge(parseAssertion(text), ['A', 'B'], summary)
  it.each([
    ['em>=0.5', true],
    ['em > 0.5', false],
    ['em@B>em@A', true],
    ['em@A.high<em@B', false],
    ['em@B.low>=0.4', true],
    ['em.count==4', true],
    ['0.7<em@B', true],
    ['em!=0.75', false],
  ])('%s is %s', (text, ok) => expect(verdict(text).ok).toBe(ok))
  it('without a variant holds for each, and names the one that fails', () =>
    expect(verdict('em<0.6')).toMatchObject({ ok: false, variant: 'B', left: 0.75 }))
  it('refuses what is not there', () => {
    expect(() => verdict('f1>0')).toThrow(/does not have/)
    expect(() => verdict('em@C>0')).toThrow(/does not have/)
  })
  it.each(['em', 'em>=', 'em>=x(1)', '>=1', 'em>=0.5 && 1', 'a'.repeat(500)])('refuses “%s”', (text) =>
    expect(() => parseAssertion(text)).toThrow(/not understood/),
  )
})

describe('the inputs of a row', () => {
  const inputs = { q: { type: 'text' as const }, k: { type: 'number' as const }, deep: { type: 'boolean' as const } }
  it('are read as their kinds', () =>
    expect(inputsOfRow({ a: 7, b: '12', c: 'true' }, { q: '.a', k: '.b', deep: '.c' }, inputs)).toEqual({ q: '7', k: 12, deep: true }))
  it('are left to their defaults where the row has nothing', () =>
    expect(inputsOfRow({ a: null }, { q: '.a', k: '.b' }, inputs)).toEqual({}))
  it('are refused with their name', () =>
    expect(() => inputsOfRow({ b: 'many' }, { k: '.b' }, inputs)).toThrow('takes a number; .b says “many”'))
})
