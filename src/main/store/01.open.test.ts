import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { isAtLeast } from './database'
import { takeLock } from './lock'
import { document, newFolder, newRun, open, refusal } from './testing'

describe('openStore', () => {
  it('begins a store in an empty folder and finds it again', () => {
    const folder = newFolder()
    const first = open(folder)
    first.settings.set({ theme: 'dark' })
    first.close()
    const second = open(folder)
    expect(second.settings.get('theme')).toBe('dark')
    expect(second.fence).toBeGreaterThan(first.fence)
  })

  it('sets every pragma that durability rests on', () => {
    const folder = newFolder()
    open(folder).close()
    const raw = new BetterSqlite3(join(folder, 'tributary.db'))
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok')
    raw.close()
  })

  it('knows which SQLite is safe', () => {
    expect(isAtLeast('3.51.3', [3, 51, 3])).toBe(true)
    expect(isAtLeast('3.54.1', [3, 51, 3])).toBe(true)
    expect(isAtLeast('3.51.2', [3, 51, 3])).toBe(false)
    expect(isAtLeast('4.0.0', [3, 51, 3])).toBe(true)
  })

  it('lets two processes share a folder', () => {
    const folder = newFolder()
    const first = open(folder)
    const second = open(folder, { role: 'cli' })
    first.settings.set({ a: 1 })
    second.settings.set({ b: 2 })
    expect(first.settings.all()).toEqual({ a: 1, b: 2 })
  })

  it('refuses a database of a newer version and leaves it as it was', () => {
    const folder = newFolder()
    open(folder).close()
    const raw = new BetterSqlite3(join(folder, 'tributary.db'))
    raw.pragma('user_version = 99')
    raw.close()
    expect(refusal(() => open(folder))).toMatchObject({ code: 'store-newer' })
    const after = new BetterSqlite3(join(folder, 'tributary.db'), { readonly: true })
    expect(after.pragma('user_version', { simple: true })).toBe(99)
    after.close()
  })

  it('says who is in the way when another process opens and does not finish', () => {
    const folder = newFolder()
    open(folder).close()
    const lock = takeLock(join(folder, 'locks', 'opening'))!
    expect(refusal(() => open(folder, { busyTimeoutMs: 50 }))).toMatchObject({ code: 'store-locked' })
    lock.release()
    open(folder, { busyTimeoutMs: 50 })
  })

  it('waits for one that is opening, and says that it waits', async () => {
    const folder = newFolder()
    open(folder).close()
    const lock = takeLock(join(folder, 'locks', 'opening'))!
    const messages: string[] = []
    expect(refusal(() => open(folder, { busyTimeoutMs: 20, onMessage: (message) => messages.push(message) })).code).toBe('store-locked')
    expect(messages).toEqual([expect.stringContaining('waiting')])
    lock.release()
  })

  it('is refused soon where another process holds the database, and names those that have it open', () => {
    const folder = newFolder()
    open(folder, { role: 'serve' })
    const other = new BetterSqlite3(join(folder, 'tributary.db'))
    other.exec('begin immediate')
    const before = performance.now()
    expect(refusal(() => open(folder))).toMatchObject({
      code: 'store-locked',
      message: expect.stringContaining(`open in process ${process.pid} (serve)`),
      hint: expect.stringContaining('Close the other program'),
    })
    // work that has begun waits for 5 s at the least, so this was not its wait
    expect(performance.now() - before).toBeLessThan(4500)
    other.exec('rollback')
    other.close()
    open(folder)
  })

  it('is refused without names where nobody may even read', () => {
    const folder = newFolder()
    open(folder).close()
    const other = new BetterSqlite3(join(folder, 'tributary.db'))
    other.pragma('locking_mode = EXCLUSIVE')
    other.exec('begin exclusive; create table held (a); commit')
    const { code, message } = refusal(() => open(folder, { busyTimeoutMs: 50 }))
    expect([code, message]).toEqual(['store-locked', expect.not.stringContaining('open in')])
    other.close()
  })

  it('says so when another process holds the database too long, and works again afterwards', () => {
    const folder = newFolder()
    const store = open(folder, { busyTimeoutMs: 50 })
    const other = new BetterSqlite3(join(folder, 'tributary.db'))
    other.exec('begin immediate')
    expect(refusal(() => store.settings.set({ a: 1 }))).toMatchObject({
      code: 'store-locked',
      message: expect.stringContaining('Another process'),
    })
    other.exec('rollback')
    other.close()
    store.settings.set({ a: 2 })
    expect(store.settings.get('a')).toBe(2)
  })

  it('closes without a word where the database takes nothing any more, and opens again', () => {
    const folder = newFolder()
    const store = open(folder, { busyTimeoutMs: 50 })
    store.settings.set({ a: 1 })
    const other = new BetterSqlite3(join(folder, 'tributary.db'))
    other.exec('begin immediate')
    expect(() => store.close()).not.toThrow()
    other.exec('rollback')
    other.close()
    expect(open(folder).settings.get('a')).toBe(1)
  })

  it('keeps a damaged database aside, puts the newest backup in its place and says so', async () => {
    const folder = newFolder()
    const store = open(folder)
    store.graphs.create(document('kept'))
    await store.maintain()
    store.close()
    writeFileSync(join(folder, 'tributary.db'), 'this is no database, and long enough to be looked at as one')
    const messages: string[] = []
    const again = open(folder, { onMessage: (message) => messages.push(message) })
    expect(again.graphs.list().map(({ id }) => id)).toEqual(['kept'])
    expect(messages).toEqual([expect.stringContaining('backup')])
    expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true)
  })

  it('begins anew when a damaged database has no backup, and keeps what there was', () => {
    const folder = newFolder()
    open(folder).close()
    writeFileSync(join(folder, 'tributary.db'), 'this is no database')
    const messages: string[] = []
    expect(open(folder, { onMessage: (message) => messages.push(message) }).graphs.list()).toEqual([])
    expect(messages).toEqual([expect.stringContaining('no backup')])
  })

  it('marks as stopped only the runs of processes that are gone', () => {
    const folder = newFolder()
    const living = open(folder)
    living.runs.begin(newRun('r_living'))
    const closed = open(folder)
    closed.runs.begin(newRun('r_left'))
    closed.close()
    const next = open(folder)
    expect(next.interrupted).toEqual(['r_left'])
    expect(next.runs.get('r_left').status).toBe('stopped')
    expect(next.runs.events('r_left').at(-1)).toMatchObject({ type: 'run.end', status: 'stopped', exit: 130 })
    expect(next.runs.get('r_living').status).toBe('running')
  })

  it('leaves no lock files of owners that are gone', () => {
    const folder = newFolder()
    open(folder).close()
    open(folder).close()
    expect(readdirSync(join(folder, 'locks')).filter((name) => name.startsWith('owner-')).length).toBeLessThanOrEqual(2)
    expect(existsSync(join(folder, 'blobs'))).toBe(true)
  })
})
