import { describe, expect, it } from 'vitest'
import { scanJson } from './scan'

const scan = (text: string) => {
  const result = scanJson(text)
  if (!result.ok) throw new Error(result.reason)
  return result.scan
}

describe('scanJson', () => {
  it('refuses nesting over 64 and takes 64', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(scanJson(nested(64))).toMatchObject({ ok: true })
    expect(scanJson(nested(65))).toMatchObject({ ok: false, tooLarge: true })
  })

  it('braces inside strings are no nesting, quotes behind escapes no ends', () => {
    expect(scanJson(`{"a":"${'{['.repeat(200)}\\"{"}`)).toMatchObject({ ok: true })
    expect(scanJson('{"a\\"__proto__":1,"b":"\\\\"}')).toMatchObject({ ok: true })
  })

  it('refuses dangerous keys, not dangerous values', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', '\\u0063onstructor'])
      expect(scanJson(`{"a":[{"${key}":1}]}`)).toMatchObject({ ok: false })
    expect(scanJson('{"a":["__proto__"],"b":"constructor"}')).toMatchObject({ ok: true })
  })

  it('says where a key stands twice, within one object only', () => {
    expect(scan('{"a":{"b":1,"c":2,"b":3},"d":[{"b":1},{"b":1}]}').duplicates).toEqual(['a.b'])
  })

  it.each(['0.1', '1e3', '100000000000000000000', '-0.0', '1.50', '9007199254740992', '0.30000000000000004', '1E-7'])(
    '%s is held exactly',
    (number) => {
      expect(scan(`[${number}]`).roundedNumbers).toEqual([])
    },
  )

  it.each(['9007199254740993', '0.1000000000000000055511151231257827', '1e999', '-1e400', '1e-400'])('%s is not', (number) => {
    expect(scan(`{"n":[0,${number}]}`).roundedNumbers).toEqual([{ path: 'n.1', text: number }])
  })

  it('knows where each node stands', () => {
    const text = '{"nodes":{"a": {"type":"x"} ,"b":5},"subgraphs":{"s":{"nodes":{"c":{"type":"y"}}}}}'
    expect(scan(text).nodes.map(({ start, end, ...place }) => [place, text.slice(start, end)])).toEqual([
      [{ id: 'a' }, '{"type":"x"}'],
      [{ scope: 's', id: 'c' }, '{"type":"y"}'],
    ])
  })

  it('ends on any text', () => {
    for (const text of ['', '"', '"\\', '{"a', '}}}]]]', ',,,', '-', '1e', '\u0000']) expect(scanJson(text)).toMatchObject({ ok: true })
  })
})
