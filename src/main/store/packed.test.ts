import { describe, expect, it } from 'vitest'
import { pack, unpack } from './packed'

describe('packed JSON', () => {
  it('is readable text while it is short', () => {
    expect(pack([{ node: 'a' }])).toBe('[{"node":"a"}]')
    expect(unpack('[{"node":"a"}]')).toEqual([{ node: 'a' }])
  })

  it('is a tenth of its text when it is long and repeats itself, and comes back whole', () => {
    const events = Array.from({ length: 500 }, (_, i) => ({ type: 'node.output', node: `naïve-${i}`, port: 'text', preview: '“…”' }))
    const packed = pack(events)
    expect(packed).toBeInstanceOf(Uint8Array)
    expect(packed.length).toBeLessThan(JSON.stringify(events).length / 10)
    expect(unpack(packed)).toEqual(events)
  })
})
