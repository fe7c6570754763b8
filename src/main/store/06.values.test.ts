import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { batch, newFolder, newRun, noTotals, open, refusal } from './testing'

const day = 24 * 60 * 60 * 1000
const sha = (digit: string) => digit.repeat(64)
const value = (digit: string, json: string, mentions: string[] = []) =>
  ({ sha: sha(digit), kind: 'text', list: false, json, mentions }) as const
const refs = (digit: string, sizeBytes: number) =>
  ({ text: { kind: 'text', list: false, sha: sha(digit), sizeBytes, preview: '' } }) as const

const blobPath = (folder: string, key: string) => join(folder, 'blobs', key.slice(0, 2), key.slice(2))

describe('values', () => {
  it('come back as they were, small ones from the table, large ones from a file', () => {
    const store = open()
    const large = 'é'.repeat(40_000)
    store.values.put(value('a', '"small"'))
    store.values.put(value('b', JSON.stringify(large)))
    expect(store.values.get(sha('a'))).toMatchObject({ kind: 'text', data: 'small', sizeBytes: 7 })
    expect(store.values.get(sha('b')).data).toBe(large)
    expect(store.blobs.totalBytes()).toBe(80_002)
    expect(refusal(() => store.values.get(sha('c'))).code).toBe('not-found')
  })
})

describe('blobs', () => {
  it('are stored once by their content and survive a restart', () => {
    const folder = newFolder()
    const first = open(folder)
    const key = first.blobs.put(Buffer.from('abc'))
    expect(first.blobs.put(Buffer.from('abc'))).toBe(key)
    first.close()
    const again = open(folder)
    expect(Buffer.from(again.blobs.get(key)).toString()).toBe('abc')
    expect(again.blobs.path(key)).toBe(blobPath(folder, key))
    expect(again.blobs.totalBytes()).toBe(3)
  })

  it('are filled as files, leave nothing behind when that fails, and are refused where the disk has no room', async () => {
    const folder = newFolder()
    const { blobs } = open(folder)
    const key = await blobs.fill(3, async (path) => writeFileSync(path, 'abc'))
    expect(blobs.put(Buffer.from('abc'))).toBe(key)
    expect(await blobs.fill(3, async (path) => writeFileSync(path, 'abc'))).toBe(key)
    const failing = blobs.fill(3, async (path) => {
      writeFileSync(path, 'half')
      throw new Error('stopped')
    })
    await expect(failing).rejects.toThrow('stopped')
    const full = blobs.fill(3, async () => {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' })
    })
    await expect(full).rejects.toMatchObject({ code: 'disk-full' })
    await expect(blobs.fill(2 ** 60, async () => undefined)).rejects.toMatchObject({ code: 'disk-full' })
    expect(readdirSync(join(folder, 'blobs'))).toEqual([key.slice(0, 2)])
    expect(blobs.totalBytes()).toBe(3)
  })

  it('say so when a file was changed or is gone, and are whole again when stored again', () => {
    const folder = newFolder()
    const { blobs } = open(folder)
    const key = blobs.put(Buffer.from('abc'))
    writeFileSync(blobPath(folder, key), 'abd')
    expect(refusal(() => blobs.get(key)).code).toBe('store-corrupt')
    expect(refusal(() => blobs.path(key)).code).toBe('store-corrupt')
    rmSync(blobPath(folder, key))
    blobs.put(Buffer.from('abc'))
    expect(readFileSync(blobPath(folder, key), 'utf8')).toBe('abc')
  })

  it('take no key that is not a hash', () => {
    const { blobs } = open()
    expect(refusal(() => blobs.get('../../../etc/passwd')).code).toBe('not-found')
  })
})

describe('maintenance', () => {
  it('removes blobs that nothing names after a day, and keeps those that a value names or mentions', async () => {
    let now = Date.now()
    const store = open(newFolder(), { now: () => now })
    const lost = store.blobs.put(Buffer.from('lost'))
    const mentioned = store.blobs.put(Buffer.from('mentioned'))
    store.values.put(value('a', JSON.stringify('x'.repeat(70_000))))
    store.values.put(value('b', JSON.stringify(mentioned), [mentioned]))
    await store.maintain()
    expect(store.blobs.has(lost)).toBe(true)
    now += 2 * day
    await store.maintain()
    expect([lost, mentioned].map((key) => store.blobs.has(key))).toEqual([false, true])
    expect(store.values.get(sha('a')).sizeBytes).toBe(70_002)
  })

  it('removes files that a crash left without a row', async () => {
    const folder = newFolder()
    const store = open(folder)
    const key = store.blobs.put(Buffer.from('kept'))
    const orphan = join(folder, 'blobs', key.slice(0, 2), 'orphan.tmp')
    writeFileSync(orphan, 'x')
    const long = (Date.now() - 2 * day) / 1000
    utimesSync(orphan, long, long)
    await store.maintain()
    expect(readdirSync(join(folder, 'blobs', key.slice(0, 2)))).toEqual([key.slice(2)])
  })

  it('forgets the results used longest ago when the cache is over its cap, but no output of a run', async () => {
    let now = Date.now()
    const store = open(newFolder(), { now: () => now })
    store.runs.begin(newRun('r1'))
    const result = (digit: string) => ({ key: `key ${digit}`, parts: '{}', outputs: refs(digit, 1000), run: 'r1', node: digit })
    const values = ['a', 'b', 'c'].map((digit) => value(digit, JSON.stringify(digit.repeat(998))))
    store.runs.commit('r1', batch({ values, results: [result('a'), result('b'), result('c')] }))
    store.runs.commit('r1', batch({ end: { status: 'done', endedAt: 1, exit: 0, outputs: refs('a', 1000), totals: noTotals } }))
    now += 2 * day
    store.results.touch('key c')
    now += day / 2
    await store.maintain({ cacheBytes: 1500 })
    expect(['a', 'b', 'c'].map((digit) => store.results.find(`key ${digit}`) !== undefined)).toEqual([false, false, true])
    expect(['a', 'b', 'c'].map((digit) => store.values.has(sha(digit)))).toEqual([true, false, true])
  })

  it('keeps seven daily backups', async () => {
    const folder = newFolder()
    let now = Date.UTC(2026, 0, 1)
    const store = open(folder, { now: () => now })
    for (let i = 0; i < 9; i++) {
      await store.maintain()
      await store.maintain()
      now += day
    }
    const names = readdirSync(join(folder, 'backups')).sort()
    expect(names).toHaveLength(7)
    expect(names[0]).toBe('daily-2026-01-03.db')
  })
})
