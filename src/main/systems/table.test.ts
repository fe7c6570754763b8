import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { specsByType } from '../../shared/graph/specs'
import { createCatalog } from '../nodes/catalog'
import { demonstrations, gather } from './demonstrations'
import { systemEntries } from './entries'
import { systemRows, tabulate } from './table'

const systems = [
  { id: 'a', name: 'A', family: 'merging' },
  { id: 'b', name: 'B', family: 'ensemble' },
]

test('a row names everything that realises a system, sorted and once; what nothing realises stays in the list', () => {
  const realisers = [
    { name: 'node:z', systems: ['a', 'a'] },
    { name: 'method:m', systems: ['a'] },
  ]
  expect(tabulate(systems, realisers, new Set(['b']))).toEqual([
    { id: 'a', name: 'A', family: 'merging', realisedBy: ['method:m', 'node:z'], demonstration: false },
    { id: 'b', name: 'B', family: 'ensemble', realisedBy: [], demonstration: true },
  ])
})

test('the table has every system of the list, in its order, with unique ids', () => {
  const rows = systemRows({ specs: specsByType(createCatalog().specs()) })
  expect(rows.map(({ id }) => id)).toEqual(systemEntries.map(({ id }) => id))
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  expect(rows.find(({ id }) => id === 'bm25')?.realisedBy).toContain('node:retriever')
  expect(rows.find(({ id }) => id === 'ties')?.realisedBy).toEqual(expect.arrayContaining(['method:ties', 'node:merger']))
})

test('what is demonstrated is realised by something', () => {
  const rows = systemRows({ specs: specsByType(createCatalog().specs()) })
  expect(rows.filter(({ demonstration, realisedBy }) => demonstration && realisedBy.length === 0).map(({ id }) => id)).toEqual([])
})

test('the demonstrations of every family that has some are run by a file of tests', () => {
  const families = [...new Set(systemEntries.filter(({ id }) => demonstrations.has(id)).map(({ family }) => family))]
  const file = (family: string) => new URL(`demonstrations.${family}.models.test.ts`, import.meta.url)
  expect(families.filter((family) => !existsSync(file(family)))).toEqual([])
})

test.each([
  ['no demonstration', { './demonstrations/a.ts': 5 }, /does not export/],
  ['another name than its file', { './demonstrations/b.ts': { system: 'a', title: 't', expected: 'e', run: 1 } }, /must have that name/],
  ['a system that nobody lists', { './demonstrations/q.ts': { system: 'q', title: 't', expected: 'e', run: 1 } }, /has no system q/],
  ['no expectation', { './demonstrations/a.ts': { system: 'a', title: 't', expected: '', run: 1 } }, /expects/],
])('a file with %s stops the start', (_what, modules, reason) => {
  expect(() => gather(modules, new Set(['a', 'b']))).toThrow(reason)
})
