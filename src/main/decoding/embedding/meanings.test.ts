import { describe, expect, it } from 'vitest'
import type { DerivedStore } from '../../../shared/derived-store'
import { fakeVocabulary } from '../fake-runtime'
import type { TokenEmbeddings } from '../source'
import { packTables, unpackTables } from './float-tables'
import { meaningsOf } from './meanings'

describe('tables of numbers as bytes', () => {
  const tables = { mean: Float32Array.of(1, 2.5, -3), none: new Float32Array(0), all: Float32Array.from({ length: 7 }, (_, i) => i / 3) }
  const lengths = { mean: 3, none: 0, all: 7 }
  it('come back as they were', () => {
    expect(unpackTables(packTables(tables), lengths)).toEqual(tables)
    expect(unpackTables(Buffer.from(packTables(tables)), lengths)).toEqual(tables)
  })
  it('are refused where they are not those wanted', () => {
    const packed = packTables(tables)
    expect(unpackTables(packed, { ...lengths, all: 6 })).toBeUndefined()
    expect(unpackTables(packed, { none: 0, mean: 3, all: 7 })).toBeUndefined()
    expect(unpackTables(packed.subarray(0, packed.length - 1), lengths)).toBeUndefined()
    expect(unpackTables(new Uint8Array(0), lengths)).toBeUndefined()
    expect(
      unpackTables(
        packed.map((byte) => byte ^ 255),
        lengths,
      ),
    ).toBeUndefined()
  })
})

describe('what tokens mean', () => {
  const width = 6
  const words = Array.from({ length: 120 }, (_, i) => `w${i}`)
  const [from, to] = [fakeVocabulary([...words, 'x', '']), fakeVocabulary(['y', ...words.toReversed(), 'z'])]
  const table = (key: string, rows: number, seed: number) => {
    let read = 0
    const fill = (first: number, into: Float32Array): void => {
      read += into.length / width
      for (let i = 0; i < into.length; i++) into[i] = Math.sin(seed * (first * width + i + 1) ** 1.3)
    }
    const made: TokenEmbeddings = { key, width, rows, read: fill, readSoon: async (first, into) => fill(first, into) }
    return { made, read: () => read }
  }
  const memory = () => {
    const kept = new Map<string, Uint8Array>()
    const derived: DerivedStore = { read: async (key) => kept.get(key), write: async (key, bytes) => void kept.set(key, bytes) }
    return { kept, derived }
  }
  const known = (meanings: Awaited<ReturnType<typeof meaningsOf>>) => ({
    all: [...meanings.all.toTable()],
    hubness: [...meanings.hubness],
    rows: [0, 7, 120].map((token) => [...meanings.read(token)]),
  })

  it('is made once for two tables, kept, and the same to the last bit when it is read again', async () => {
    const { kept, derived } = memory()
    const [one, two] = [table('one', 122, 1), table('two', 122, 1.7)]
    const progress: [number, number][] = []
    const work = { signal: new AbortController().signal, progress: (done: number, total: number) => void progress.push([done, total]) }
    const first = known(await meaningsOf({ from, to, tables: [one.made, two.made], work, derived }))
    expect(kept.size).toBe(1)
    expect(progress.at(0)?.[0]).toBe(0)
    expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1])
    expect(progress.every(([done], i) => i === 0 || done >= (progress[i - 1]?.[0] as number))).toBe(true)
    const before = two.read()
    const again = known(await meaningsOf({ from, to, tables: [one.made, two.made], derived }))
    expect(two.read()).toBe(before)
    expect(again).toEqual(first)
    expect(known(await meaningsOf({ from, to, tables: [one.made, two.made] }))).toEqual(first)
  })

  it('is made anew for another table, and where what was kept is damaged', async () => {
    const { kept, derived } = memory()
    const [one, two, other] = [table('one', 122, 1), table('two', 122, 1.7), table('other', 122, 2.3)]
    await meaningsOf({ from, to, tables: [one.made, two.made], derived })
    await meaningsOf({ from, to, tables: [one.made, other.made], derived })
    expect(kept.size).toBe(2)
    for (const key of kept.keys()) kept.set(key, new Uint8Array(40))
    const before = two.read()
    await meaningsOf({ from, to, tables: [one.made, two.made], derived })
    expect(two.read()).toBeGreaterThan(before)
  })

  it('stops when it is told to, and keeps nothing', async () => {
    const { kept, derived } = memory()
    const controller = new AbortController()
    const work = { signal: controller.signal, progress: (done: number) => void (done > 0 && controller.abort(new Error('enough'))) }
    await expect(meaningsOf({ from, to, tables: [table('one', 122, 1).made, table('two', 122, 1.7).made], work, derived })).rejects.toThrow(
      'enough',
    )
    expect(kept.size).toBe(0)
  })
})
