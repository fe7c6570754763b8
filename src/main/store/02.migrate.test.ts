import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { problemOf } from './backup'
import { migrate } from './migrate'
import { migrations } from './migrations'
import { document, newFolder, open, refusal, warning } from './testing'

const next = [...migrations, 'create table extra (id integer primary key) strict']

describe('migrations', () => {
  it('keep what was stored and make a verified backup before', () => {
    const folder = newFolder()
    const old = open(folder)
    old.graphs.create(document('g1'))
    old.close()
    const upgraded = open(folder, { migrations: next })
    expect(upgraded.graphs.has('g1')).toBe(true)
    const backups = readdirSync(join(folder, 'backups'))
    expect(backups).toEqual([expect.stringMatching(new RegExp(`^before-upgrade-from-${migrations.length}-\\d+\\.db$`))])
    expect(problemOf(join(folder, 'backups', backups[0]!))).toBeUndefined()
  })

  it('pack the events and outcomes of old runs, and lose none', () => {
    const folder = newFolder()
    const raw = new BetterSqlite3(join(folder, 'tributary.db'))
    migrate(raw, { migrations: migrations.slice(0, 1) })
    raw.exec(`insert into owners (fence, pid, role, started_at, ended_at) values (90, 1, 'app', 0, 1);
      insert into snapshots (hash, document, at) values ('h', '{}', 0);
      insert into runs (number, id, graph, graph_name, snapshot, inputs, options, seed, status, fence, started_at)
        values (1, 'old', 'g', 'G', 'h', '{}', '{}', 7, 'failed', 90, 0), (2, 'empty', 'g', 'G', 'h', '{}', '{}', 7, 'stopped', 90, 1)`)
    const event = raw.prepare('insert into run_events (run, seq, event) values (1, ?, ?)')
    for (const seq of [0, 1, 2]) event.run(seq, JSON.stringify(warning('old', seq)))
    raw.exec(`insert into node_exec (run, node, iteration, attempt, status, key, outputs, error) values
      (1, 'a', -1, 1, 'failed', 'k', null, '{"code":"node-failed","message":"no"}'), (1, 'a', -1, 2, 'done', 'k', '{}', null)`)
    raw.close()

    const { runs } = open(folder)
    expect(runs.events('old', 1)).toEqual([warning('old', 1), warning('old', 2)])
    expect(runs.execs('old')).toEqual([
      { node: 'a', iteration: -1, attempt: 1, status: 'failed', key: 'k', error: { code: 'node-failed', message: 'no' } },
      { node: 'a', iteration: -1, attempt: 2, status: 'done', key: 'k', outputs: {} },
    ])
    expect(runs.events('empty')).toEqual([])
  })

  it('happen whole or not at all', () => {
    const folder = newFolder()
    open(folder).close()
    const broken = [...migrations, 'create table extra (id integer primary key) strict; insert into nowhere values (1)']
    expect(() => open(folder, { migrations: broken })).toThrow('nowhere')
    const again = open(folder)
    expect(again.graphs.list()).toEqual([])
  })

  it('refuse rows that point nowhere', () => {
    const folder = newFolder()
    open(folder).close()
    const dangling = [...migrations, "insert into journal (graph, revision, label, diff, at) values ('nobody', 1, '', '{}', 0)"]
    expect(() => open(folder, { migrations: dangling })).toThrow('point nowhere')
  })

  it('wait until no other process uses the old version', () => {
    const folder = newFolder()
    const old = open(folder)
    expect(refusal(() => open(folder, { migrations: next }))).toMatchObject({ code: 'store-locked' })
    old.close()
    open(folder, { migrations: next })
  })
})
