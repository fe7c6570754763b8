import { describe, expect, it } from 'vitest'
import { watchLibrary } from './watch'

describe('the watch over the library', () => {
  it('tells of a change once, when it stands still', async () => {
    let there = 'a'
    let told = 0
    const watch = watchLibrary({ trace: async () => there, onChange: () => told++ })
    const look = async (now: string) => {
      there = now
      await watch.look()
      return told
    }
    expect(await look('a')).toBe(0)
    expect(await look('a')).toBe(0)
    expect(await look('a, half of b')).toBe(0)
    expect(await look('a, b')).toBe(0)
    expect(await look('a, b')).toBe(1)
    expect(await look('a, b')).toBe(1)
    expect(await look('b')).toBe(1)
    expect(await look('b')).toBe(2)
  })

  it('says nothing of what came and went between', async () => {
    let there = 'a'
    let told = 0
    const watch = watchLibrary({ trace: async () => there, onChange: () => told++ })
    for (const now of ['a', 'a', 'b', 'a', 'a']) {
      there = now
      await watch.look()
    }
    expect(told).toBe(0)
  })
})
