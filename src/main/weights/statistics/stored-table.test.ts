import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { inlinePool, threadPool } from '../engine/pools'
import { resolveToy, sha256Of, toy } from '../testing/toys'
import { buildWorkerEntry } from '../testing/worker-entry'
import { type WriteTools, writeModel } from '../write-model'
import { StoredTable } from './stored-table'
import { decodeTable, encodeTable, type TableEntry } from './table'

const folder = mkdtempSync(join(tmpdir(), 'stored-'))
let entry = ''
beforeAll(async () => {
  entry = await buildWorkerEntry()
}, 60_000)
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Gram matrices of some rows each, so that they are what they claim to be. */
const gramEntry = (matrix: string, width: number, seed: number): TableEntry => {
  const data = new Float32Array(width * width)
  for (let row = 0; row < 3; row++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        data[i * width + j] = (data[i * width + j] as number) + Math.sin(seed + row + 7 * i) * Math.sin(seed + row + 7 * j)
  return { matrix, quantity: 'gram', shape: [width, width], data }
}
const grams = (seed: number): Uint8Array =>
  encodeTable(
    [0, 1, 2, 3].flatMap((block) => ['attn_q', 'ffn_up'].map((name) => gramEntry(`blk.${block}.${name}.weight`, 128, seed + block))),
  )

describe('a table in a file', () => {
  it('gives what the same table gives in memory, and knows what it has without reading it', () => {
    const bytes = encodeTable([gramEntry('blk.0.attn_q.weight', 8, 1)], {
      shared: { 'blk.0.attn_k.weight': 'blk.0.attn_q.weight' },
      made: { node: 'x' },
    })
    const path = join(folder, 'small')
    writeFileSync(path, bytes)
    const [stored, held] = [new StoredTable(path), decodeTable(bytes)]
    expect([stored.matrices, stored.quantities, stored.made]).toEqual([held.matrices, held.quantities, held.made])
    expect([stored.has('blk.0.attn_k.weight', 'gram'), stored.has('blk.0.attn_k.weight', 'energy'), stored.heldBytes]).toEqual([
      true,
      false,
      0,
    ])
    expect(stored.get('blk.0.attn_k.weight', 'gram')).toEqual(held.get('blk.0.attn_q.weight', 'gram'))
    expect(stored.get('blk.1.attn_q.weight', 'gram')).toBeUndefined()
  })

  it('of 144 MB keeps 32 MiB at most in memory, and gives an array again without reading while it does', () => {
    const width = 1024
    const one = new Float32Array(width * width)
    const path = join(folder, 'large')
    writeFileSync(
      path,
      encodeTable(
        Array.from({ length: 36 }, (_, block) => ({ matrix: `blk.${block}.a.weight`, quantity: 'gram', shape: [width, width], data: one })),
      ),
    )
    const stored = new StoredTable(path)
    let most = 0
    for (const matrix of stored.matrices) {
      const values = stored.get(matrix, 'gram')
      expect(stored.get(matrix, 'gram')).toBe(values)
      most = Math.max(most, stored.heldBytes)
    }
    expect(most).toBe(8 * 4 * width * width)
  })

  it('merges by it are those by the table in memory, byte for byte, in one thread and in several', async () => {
    const expression: WeightsExpression = {
      op: 'merge',
      method: 'regmean',
      models: ['toy-math', 'toy-facts'].map((name) => ({ weights: toy(name), params: {}, statistics: name })),
      params: {},
      seed: 0,
    }
    const tables = new Map(['toy-math', 'toy-facts'].map((name, index) => [name, grams(index * 10)]))
    for (const [name, bytes] of tables) writeFileSync(join(folder, name), bytes)
    const inline: WriteTools = { resolve: resolveToy, codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) }
    const get = async (key: string) => tables.get(key) ?? new Uint8Array()
    const path = async (key: string) => join(folder, key)
    const write = async (blobs: { get: typeof get; path?: typeof path }, tools: WriteTools) => {
      const request = { expression, name: 'm', dtype: 'F32', recipe: {}, blobs }
      return sha256Of((await writeModel(join(folder, `out-${Math.random()}.gguf`), request, tools)).path)
    }
    const held = await write({ get }, inline)
    expect(await write({ get, path }, inline)).toBe(held)
    expect(await write({ get, path }, { ...inline, pool: (plan) => threadPool(entry, plan, 2) })).toBe(held)
    // and it is the statistics that decide: others give another model
    for (const name of tables.keys()) writeFileSync(join(folder, name), grams(99))
    expect(await write({ get, path }, inline)).not.toBe(held)
  }, 60_000)
})
