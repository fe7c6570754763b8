import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { migrate } from './migrate'
import { migrations } from './migrations'
import { newFolder, open, refusal } from './testing'

describe('settings', () => {
  it('change together or not at all', () => {
    const { settings } = open()
    settings.set({ a: 1, b: { c: [true] } })
    settings.set({ a: 2 })
    expect(settings.all()).toEqual({ a: 2, b: { c: [true] } })
    settings.remove('a')
    expect(settings.get('a')).toBeUndefined()
  })
})

describe('resources', () => {
  const folder = { id: 'd1', kind: 'folder', name: 'Papers', path: '/somewhere/papers', chosenAt: 5 } as const
  it('know the path that a person chose', () => {
    const { resources } = open()
    resources.put(folder)
    expect(resources.get('d1')).toEqual(folder)
    expect(resources.findByPath('/somewhere/papers')?.id).toBe('d1')
    resources.remove('d1')
    expect(refusal(() => resources.get('d1'))).toMatchObject({ code: 'not-found', hint: expect.stringContaining('again') })
  })
})

describe('models', () => {
  const model = {
    sha256: 'a'.repeat(64),
    path: '/m.gguf',
    sizeBytes: 9,
    modifiedMs: 1.5,
    name: 'Toy',
    origin: 'imported',
    facts: { architecture: 'llama' },
    addedAt: 3,
  }
  it('are found by hash, path and catalogue id', () => {
    const { models } = open()
    models.put({ ...model, catalog: 'toy-base' })
    expect(models.get(model.sha256)).toEqual({ ...model, catalog: 'toy-base' })
    expect(models.byPath('/m.gguf')?.name).toBe('Toy')
    expect(models.byCatalog('toy-base')?.name).toBe('Toy')
    models.markUsed(model.sha256, 8)
    expect(models.list()[0]?.usedAt).toBe(8)
    models.remove(model.sha256)
    expect(models.list()).toEqual([])
  })
})

describe('what a person accepted', () => {
  it('is kept by kind and hash, also when the model itself is forgotten', () => {
    const { accepted, models } = open()
    models.remove('b')
    accepted.add('model', 'b')
    accepted.add('model', 'b')
    accepted.add('template', 'a')
    expect([accepted.has('model', 'b'), accepted.has('model', 'a'), accepted.has('template', 'a')]).toEqual([true, false, true])
    expect(accepted.list('model')).toEqual(['b'])
    accepted.remove('model', 'b')
    expect(accepted.has('model', 'b')).toBe(false)
  })

  it('holds what was used before there was a question', () => {
    const folder = newFolder()
    const before = new BetterSqlite3(join(folder, 'tributary.db'))
    migrate(before, { migrations: migrations.slice(0, 7) })
    before.exec(`insert into models (sha256, path, size, modified_ms, name, origin, facts, added_at, used_at) values
      ('used', '/u.gguf', 9, 1.5, 'U', 'imported', '{}', 3, 8), ('unused', '/n.gguf', 9, 1.5, 'N', 'imported', '{}', 3, null)`)
    before.close()
    expect(open(folder).accepted.list('model')).toEqual(['used'])
  })
})

describe('measurements', () => {
  it('keep the newest of each device and set of options', () => {
    const { measurements } = open()
    const first = { model: 'm', device: 'cpu', options: '{}', loadMs: 10, memoryBytes: 100, tokensPerSecond: 5, at: 1 }
    measurements.put(first)
    measurements.put({ model: 'm', device: 'cpu', options: '{}', loadMs: 12, memoryBytes: 110, at: 2 })
    expect(measurements.find('m', 'cpu', '{}')).toEqual({ ...first, loadMs: 12, memoryBytes: 110, at: 2 })
    expect(measurements.ofModel('m')).toHaveLength(1)
    expect(measurements.find('m', 'cuda', '{}')).toBeUndefined()
  })
})

describe('workers', () => {
  const note = { kind: 'worker', pid: 9, machine: 'desk', slots: 2, atWork: [{ batch: 'b', item: 4, since: 1 }], settled: {} }
  it('are known by what they said last, by every process', () => {
    const folder = newFolder()
    const [first, second] = [open(folder), open(folder)]
    first.workers.tell(note)
    first.workers.tell({ ...note, settled: { b: { done: 3, failed: 1 } } })
    expect(second.workers.list()).toMatchObject([
      { fence: first.fence, pid: 9, alive: true, atWork: note.atWork, settled: { b: { done: 3, failed: 1 } } },
    ])
    first.workers.leave()
    expect(second.workers.list()).toMatchObject([{ alive: false, atWork: [], leftAt: expect.any(Number) }])
  })
  it('that died without a word are not alive, and keep what they had in hand', () => {
    const folder = newFolder()
    let time = 1000
    const [dying, watching] = [open(folder, { now: () => time }), open(folder, { now: () => time })]
    dying.workers.tell(note)
    dying.close()
    expect(watching.workers.list()[0]?.alive).toBe(true)
    time += 10_000
    expect(watching.workers.list()[0]).toMatchObject({ alive: false, atWork: note.atWork })
  })
  it('of a living process that is silent are alive; those long gone are forgotten', () => {
    const folder = newFolder()
    let time = 1000
    const [silent, watching] = [open(folder, { now: () => time }), open(folder, { now: () => time })]
    silent.workers.tell(note)
    time += 60_000
    expect(watching.workers.list()[0]).toMatchObject({ alive: true, seenAt: 1000 })
    watching.workers.forget(2000)
    expect(watching.workers.list()).toEqual([])
  })
})
