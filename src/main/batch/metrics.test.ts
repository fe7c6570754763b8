import { describe, expect, it } from 'vitest'
import type { Json } from '../../shared/json'
import { metricOf, metrics } from './metrics'
import { fits } from './metrics/pattern'

const run = { wallMs: 120, tokens: 7, decodeMs: 90 }
const measure = (kind: string, output: Json | undefined, expected?: Json, options: Record<string, string | number | boolean> = {}) =>
  metricOf(kind).measure({ output, expected, options, run })

describe('metrics', () => {
  it.each<[string, Json, Json | undefined, number | null]>([
    ['exact', 'Oslo ', 'Oslo', 1],
    ['exact', 'oslo', 'Oslo', 0],
    ['exact', 12, '12', 1],
    ['em', 'The red-key!', 'a redkey', 1],
    ['em', 'Oslo', ['Rome', 'oslo.'], 1],
    ['em', 'Oslo', undefined, null],
    ['em', 'Oslo', [], null],
    ['contains', 'It is in Oslo, I think', 'oslo', 1],
    ['contains', 'Oslofjord', 'oslo', 0],
    // shared {red, key}: 2 of 4 and 2 of 2 → 2·2/6
    ['f1', 'red key is here', 'the red key', 4 / 6],
    ['f1', '', '', 1],
    // common subsequence “cat on mat” = 3 of 4 and 3 of 4
    ['rouge-l', 'cat lay on mat', 'cat sat on mat', 0.75],
    ['close', 'it is 1,234.5 kg', '1234.5', 1],
    ['close', 'twelve', '12', 0],
    ['score', 0.25, undefined, 0.25],
    ['score', true, undefined, 1],
    ['score', [{ name: 'a', value: 2 }], undefined, 2],
    ['score', 'high', undefined, null],
    ['supported', [{ label: 'supported' }, { label: 'unknown' }], undefined, 0.5],
    ['supported', [], undefined, null],
  ])('%s of %j for %j is %j', (kind, output, expected, value) => {
    const measured = measure(kind, output, expected)
    if (value === null) expect(measured).toBeNull()
    else expect(measured).toBeCloseTo(value, 12)
  })
  it('numbers may be near', () => {
    expect(measure('close', '11', '10', { tolerance: 1 })).toBe(1)
    expect(measure('close', '11', '10', { tolerance: 0.05, relative: true })).toBe(0)
    expect(measure('close', '−4', '-4')).toBe(1)
  })
  it('a named score is found', () => {
    const scores = [
      { name: 'a', value: 2 },
      { name: 'b', value: 3 },
    ]
    expect(measure('score', scores, undefined, { name: 'b' })).toBe(3)
    expect(measure('score', { b: { deep: 1 } }, undefined, { name: 'b' })).toBeNull()
  })
  it('time and tokens are those of the run', () => expect([measure('latency', undefined), measure('tokens', undefined)]).toEqual([120, 7]))
  it('an unknown one is refused with the nearest', () => expect(() => metricOf('exakt')).toThrow('There is no metric “exakt”.'))
  it('each says what it does', () => {
    expect(metrics.size).toBeGreaterThanOrEqual(11)
    for (const { summary, title } of metrics.values()) expect(`${title}: ${summary}`).toMatch(/^[A-Z].{12,}/)
  })
})

describe('a pattern', () => {
  const is = (text: string, pattern: string) => fits([...text], [...pattern])
  it.each([
    ['paris', 'paris', true],
    ['paris', 'p*s', true],
    ['paris', 'p?ris', true],
    ['paris', '*', true],
    ['', '*', true],
    ['', '?', false],
    ['paris', 'par', false],
    ['abcabc', '*abc', true],
    ['abab', 'a*b*a', false],
  ])('“%s” fits “%s”: %s', (text, pattern, ok) => expect(is(text, pattern)).toBe(ok))
  it('stays quick on what makes regular expressions slow', () => expect(is('a'.repeat(50_000), `${'*a'.repeat(50)}b`)).toBe(false))
})
