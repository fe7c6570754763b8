import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tableOfActivations } from './from-activations'
import { decodeTable, encodeTable } from './table'
import { fillBlob, readFloats, writeTable } from './write-table'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'table-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const entries = [
  { matrix: 'a.weight', quantity: 'energy', shape: [3], data: Float32Array.of(1, 2, 3) },
  { matrix: 'a.weight', quantity: 'gram', shape: [2, 2], data: Float32Array.of(4, 5, 5, 6) },
] as const
const notes = { shared: { 'b.weight': 'a.weight' }, made: { node: 'calibrate' } }

it('a table that is written array by array has the bytes of one that is put together in memory', async () => {
  const path = join(folder, 'table')
  await writeTable(path, [entries[0], { ...entries[1], data: async () => entries[1].data }], notes)
  expect(readFileSync(path)).toEqual(Buffer.from(encodeTable(entries, notes)))
  expect([...(await readFloats(path, readFileSync(path).length - 8, 2))]).toEqual([5, 6])
  await expect(readFloats(path, readFileSync(path).length - 4, 2)).rejects.toThrow('shorter')
})

it('blobs without files get what was written, and nothing stays behind', async () => {
  let kept = new Uint8Array() as Uint8Array
  let at = ''
  const blobs = {
    put: async (bytes: Uint8Array) => {
      kept = bytes
      return 'key'
    },
    get: async () => kept,
  }
  const write = (path: string) => {
    at = path
    return writeTable(path, entries, notes)
  }
  expect(await fillBlob(blobs, 100, write)).toBe('key')
  expect(decodeTable(kept).get('b.weight', 'energy')).toEqual(entries[0].data)
  expect(() => readFileSync(at)).toThrow('ENOENT')
})

it('sums of what flowed through become means, Gram matrices whole', async () => {
  const input = {
    weights: ['a.weight', 'b.weight'],
    width: 2,
    rows: 4,
    sum: Float64Array.of(4, 8),
    squares: Float64Array.of(8, 20),
    gramAt: 16,
  }
  // below the diagonal anything may stand
  const { entries: told, shared } = tableOfActivations({ inputs: [input], outputs: [] }, async (at, length) => {
    expect([at, length]).toEqual([16, 4])
    return Float32Array.of(8, 12, 99, 20)
  })
  expect(shared).toEqual({ 'b.weight': 'a.weight' })
  const data = await Promise.all(told.map((entry) => (typeof entry.data === 'function' ? entry.data() : entry.data)))
  expect(data.map((values) => [...values])).toEqual([
    [2, 5],
    [1, 2],
    [2, 3, 3, 5],
  ])
})
