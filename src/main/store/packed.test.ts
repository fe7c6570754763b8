import { describe, expect, it } from 'vitest'
import { pack, unpack } from './packed'

describe('packed records', () => {
  it('are readable text while they are few', () => {
    expect(pack([{ node: 'a' }])).toBe('[{"node":"a"}]')
    expect(unpack('[{"node":"a"}]')).toEqual([{ node: 'a' }])
  })

  it('are a tenth of their text when they are many and repeat themselves, and come back whole', () => {
    const events = Array.from({ length: 500 }, (_, i) => ({ type: 'node.output', node: `naïve-${i}`, port: 'text', preview: '“…”' }))
    const packed = pack(events)
    expect(packed).toBeInstanceOf(Uint8Array)
    expect(packed.length).toBeLessThan(JSON.stringify(events).length / 10)
    expect(unpack(packed)).toEqual(events)
  })

  it('are read as they were written before they stood by column', () => {
    const records = Array.from({ length: 40 }, (_, seq) => ({ seq }))
    expect(unpack(JSON.stringify(records))).toEqual(records)
  })
})
