import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { batch, newFolder, newRun, noTotals, open, refusal, warning } from './testing'

const end = { status: 'done', endedAt: 2000, exit: 0, outputs: {}, totals: noTotals } as const

describe('runs', () => {
  it('begin as running and end once', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    expect(runs.get('r1')).toMatchObject({ status: 'running', seed: 7, inputs: { question: 'why' }, graph: 'g' })
    runs.commit('r1', batch({ end }))
    expect(runs.get('r1')).toMatchObject({ status: 'done', exit: 0, endedAt: 2000 })
    expect(() => runs.commit('r1', batch({ end: { ...end, status: 'failed' } }))).toThrow('has ended')
  })

  it('refuse in the schema itself to leave a terminal state', () => {
    const folder = newFolder()
    const { runs } = open(folder)
    runs.begin(newRun('r1'))
    runs.commit('r1', batch({ execs: [{ node: 'a', iteration: -1, attempt: 1, status: 'done' }], events: [warning('r1', 0)], end }))
    const raw = new BetterSqlite3(join(folder, 'tributary.db'))
    expect(() => raw.exec("update runs set status = 'running'")).toThrow('does not change')
    expect(() => raw.exec("update run_log set events = '[]'")).toThrow('does not change')
    raw.close()
  })

  it('store a batch whole or not at all', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    runs.commit('r1', batch({ events: [warning('r1', 0)] }))
    expect(() => runs.commit('r1', batch({ events: [warning('r1', 1), warning('r1', 0)] }))).toThrow()
    expect(runs.events('r1').map(({ seq }) => seq)).toEqual([0])
  })

  it('are done once for each node, item and attempt', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    const exec = { node: 'a', iteration: -1, attempt: 1, status: 'running' } as const
    runs.commit('r1', batch({ execs: [exec] }))
    runs.commit('r1', batch({ execs: [{ ...exec, status: 'done' }] }))
    runs.commit('r1', batch({ execs: [{ ...exec, status: 'failed' }] }))
    runs.commit('r1', batch({ execs: [{ ...exec, attempt: 2, status: 'done' }] }))
    expect(runs.execs('r1')).toEqual([{ ...exec, status: 'done' }])
  })

  it('tell what still ran when they ended as stopped', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    const exec = { node: 'a', iteration: -1, attempt: 1, status: 'running' } as const
    runs.commit('r1', batch({ execs: [exec, { ...exec, node: 'b', status: 'done' }] }))
    expect(runs.execs('r1').map(({ status }) => status)).toEqual(['running', 'done'])
    runs.commit('r1', batch({ end: { ...end, status: 'stopped' } }))
    expect(runs.execs('r1').map(({ status }) => status)).toEqual(['stopped', 'done'])
  })

  it('have a log without gaps', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    runs.commit('r1', batch({ events: [warning('r1', 0), warning('r1', 1)] }))
    expect(() => runs.commit('r1', batch({ events: [warning('r1', 3)] }))).toThrow('event 2')
    runs.commit('r1', batch({ events: [warning('r1', 2)] }))
    expect(runs.events('r1', 1).map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('belong to the process that began them', () => {
    const folder = newFolder()
    const first = open(folder)
    const second = open(folder)
    first.runs.begin(newRun('r1'))
    expect(refusal(() => second.runs.commit('r1', batch({ events: [warning('r1', 0)] }))).code).toBe('store-locked')
    first.runs.commit('r1', batch({ events: [warning('r1', 0)] }))
    expect(second.runs.events('r1')).toHaveLength(1)
  })

  it('give their events from any number on', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    runs.commit('r1', batch({ events: [0, 1, 2, 3].map((seq) => warning('r1', seq)) }))
    expect(runs.events('r1', 2).map(({ seq }) => seq)).toEqual([2, 3])
    expect(refusal(() => runs.events('zzz')).code).toBe('not-found')
  })

  it('are listed newest first, by graph and by what they are called', () => {
    const { runs } = open()
    runs.begin(newRun('r1', 'g', 1))
    runs.begin(newRun('r2', 'h', 2))
    runs.begin(newRun('r3', 'g', 3))
    runs.mark('r1', { star: true, tags: ['good'], note: 'the Best one' })
    expect(runs.list().map(({ id }) => id)).toEqual(['r3', 'r2', 'r1'])
    expect(runs.list({ graph: 'g', limit: 1 }).map(({ id }) => id)).toEqual(['r3'])
    expect(runs.list({ search: 'best' })).toMatchObject([{ id: 'r1', star: true, tags: ['good'] }])
    expect(runs.latest('g', 5)).toEqual(['r3', 'r1'])
  })

  it('are called good or bad, and that can be taken back', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    expect(runs.get('r1').verdict).toBeUndefined()
    runs.mark('r1', { verdict: 'bad' })
    runs.mark('r1', { note: 'too long' })
    expect(runs.get('r1')).toMatchObject({ verdict: 'bad', note: 'too long' })
    runs.mark('r1', { verdict: null })
    expect(runs.get('r1').verdict).toBeUndefined()
  })

  it('are found by what they answered, and not by how that is stored', () => {
    const { runs } = open()
    const outputs = { answer: { hash: 'a'.repeat(64), preview: 'The red key is in Oslo' } } as unknown as typeof end.outputs
    runs.begin(newRun('r1'))
    runs.begin(newRun('r2'))
    runs.commit('r1', batch({ end: { ...end, outputs } }))
    expect(runs.list({ search: 'red key' }).map(({ id }) => id)).toEqual(['r1'])
    expect(runs.list({ search: 'preview' })).toEqual([])
  })

  it('are deleted with their events, but not while they run', () => {
    const { runs } = open()
    runs.begin(newRun('r1'))
    expect(refusal(() => runs.delete('r1')).code).toBe('not-allowed')
    runs.commit('r1', batch({ events: [warning('r1', 0)], end }))
    runs.delete('r1')
    expect(runs.find('r1')).toBeUndefined()
  })
})
