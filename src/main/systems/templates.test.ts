import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serializeGraph } from '../../shared/graph/canonical'
import { focusOn } from '../../shared/graph/focus'
import { loadGraph } from '../../shared/graph/load'
import { specsByType } from '../../shared/graph/specs'
import { validateGraph } from '../../shared/graph/validate'
import { loadTemplate, paramPlace, templateEntries, templateFiles } from '../api/templates'
import { loadCatalogue } from '../models/library/catalogue'
import { createCatalog } from '../nodes/catalog'
import { systemEntries } from './entries'

const specs = specsByType(createCatalog().specs())
const entries = await templateEntries()
const ids = entries.map(({ id }) => id)

test('every file has an entry and every entry a file; the four of the first hour are there', async () => {
  expect([...ids].sort()).toEqual((await templateFiles()).sort())
  expect(ids).toEqual(expect.arrayContaining(['answer-from-documents', 'ranked-and-fused', 'merge-two-specialists', 'draft-and-verify']))
})

test.each(ids)('%s is a sound graph in canonical form, on toys and on real models', async (id) => {
  const text = await readFile(join('resources/templates', `${id}.trib.json`), 'utf8')
  const loaded = loadGraph(text)
  if (!loaded.ok) throw new Error(loaded.error.message)
  expect(serializeGraph(loaded.document)).toBe(text)
  for (const real of [false, true]) expect(validateGraph(await loadTemplate(id, real), specs)).toEqual([])
})

test.each(entries)('$id: what turns it from toys to real models exists, and toys ship with it', async ({ id: template, real, systems }) => {
  const document = await loadTemplate(template, false)
  const catalogue = await loadCatalogue('resources/models.json')
  for (const alias of Object.values(document.models)) expect(catalogue.byId(alias.catalog ?? '')?.toy).toBe(true)
  expect(Object.keys(real?.models ?? {}).sort()).toEqual(Object.keys(document.models).sort())
  for (const model of Object.values(real?.models ?? {})) expect(catalogue.byId(model)?.toy).toBe(false)
  for (const place of Object.keys(real?.params ?? {})) {
    const { scope, id, param } = paramPlace(place)
    const { type = '' } = focusOn(document, scope).nodes[id] ?? {}
    expect([place, Object.hasOwn(specs.get(type)?.params ?? {}, param)]).toEqual([place, true])
    expect([place, focusOn(await loadTemplate(template, true), scope).nodes[id]?.params[param]]).toEqual([place, real?.params[place]])
  }
  for (const input of Object.keys(real?.inputs ?? {})) expect(document.interface.inputs[input]).toBeDefined()
  for (const system of systems) expect(systemEntries.some((entry) => entry.id === system)).toBe(true)
})

test.each(ids)('%s: every end is placed, notes teach', async (id) => {
  const { ui, nodes, interface: ends } = await loadTemplate(id, false)
  const expected = [
    ...Object.keys(nodes),
    ...Object.keys(ends.inputs).map((name) => `@${name}`),
    ...Object.keys(ends.outputs).map((name) => `=${name}`),
  ]
  expect(Object.keys(ui.nodes).sort()).toEqual(expected.sort())
  expect(ui.notes.length).toBeGreaterThanOrEqual(2)
})

test('the samples that templates read are there', async () => {
  for (const id of ids)
    for (const real of [false, true])
      for (const { params } of Object.values((await loadTemplate(id, real)).nodes))
        for (const value of Object.values(params))
          if (typeof value === 'string' && value.startsWith('sample:'))
            expect(existsSync(join('resources/samples', value.slice(7)))).toBe(true)
})
