import { describe, expect, it } from 'vitest'
import { document, newRun, open, refusal } from './testing'

const save = (name: string, content = document('a')) => ({ graph: 'a', document: content, name, semanticHash: 'x' })

describe('versions', () => {
  it('number the named saves of a graph and give each document back', () => {
    const { graphs, versions } = open()
    graphs.create(document('a'))
    expect(versions.save(save('first')).version).toBe(1)
    expect(versions.save(save('second', document('a', 'Changed'))).version).toBe(2)
    expect(versions.list('a').map(({ name }) => name)).toEqual(['second', 'first'])
    expect(versions.get('a', 1).name).toBe('Test')
    expect(versions.get('a', 2).name).toBe('Changed')
    expect(refusal(() => versions.get('a', 3)).code).toBe('not-found')
  })

  it('tell what is new and by whom, and are thinned when the store has time', () => {
    const day = 24 * 60 * 60 * 1000
    const store = open(undefined, { now: () => 100 * day })
    store.graphs.create(document('a'))
    const made = (name: string, age: number, automatic = true) =>
      store.versions.save({
        ...save(name, document('a', name)),
        automatic,
        at: 100 * day - age,
        summary: `${name} is new`,
        author: 'window',
      })
    made('older', 30 * day - 2)
    made('kept', 30 * day - 3)
    made('named', 30 * day - 4, false)
    made('now', 0)
    expect(store.versions.latest('a')).toMatchObject({ version: 4, summary: 'now is new', author: 'window' })
    expect(store.versions.thin()).toBe(1)
    expect(store.versions.list('a').map(({ name }) => name)).toEqual(['now', 'named', 'kept'])
    expect(store.versions.thin()).toBe(0)
  })

  it('store equal documents once, whoever names them', () => {
    const store = open()
    store.graphs.create(document('g'))
    store.runs.begin(newRun('r1'))
    store.runs.begin(newRun('r2'))
    expect(store.runs.get('r1').snapshot).toBe(store.runs.get('r2').snapshot)
    expect(store.versions.snapshot(document('g'))).toBe(store.runs.get('r1').snapshot)
    expect(store.runs.document('r1')).toEqual(document('g'))
  })

  it('forget only documents that nothing names', () => {
    const store = open()
    store.runs.begin(newRun('r1'))
    const lost = store.versions.snapshot(document('other'))
    store.versions.sweep(Date.now() + 1)
    expect(refusal(() => store.versions.document(lost)).code).toBe('not-found')
    expect(store.runs.document('r1').id).toBe('g')
  })
})
