import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemOf } from './backup'
import { migrations } from './migrations'
import { document, newFolder, open, refusal } from './testing'

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
