import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { TemplateCard } from '../../shared/api'
import { batchDefinition } from '../../shared/batch/definition'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { focusOn, unfocus } from '../../shared/graph/focus'
import { loadGraph } from '../../shared/graph/load'
import { planMemory } from '../../shared/graph/memory'
import { planRun } from '../../shared/graph/plan'
import type { Json } from '../../shared/json'
import { jsonValue } from '../../shared/json-schema'
import { resourcesFolder } from '../folders'
import { downloadBytes } from '../models/library/catalogue'
import { systemEntries } from '../systems/entries'
import type { House } from './house'
import { listModels } from './models'

/**
 * Templates are graph files in resources/templates; `index.json` beside them has what a gallery needs, in the gallery's order, and for each how it
 * turns from toys to real models: catalogue ids by alias, and the params and defaults that differ because a real model speaks another language than a toy.
 */
const templateEntry = z.object({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  summary: z.string(),
  /** Markdown: when it helps, what it costs */
  note: z.string(),
  /** what a person sees on the toys, in a sentence */
  expect: z.string().min(1),
  family: z.string(),
  systems: z.array(z.string()).default([]),
  /** runs over this dataset, as a batch, instead of once */
  batch: z.object({ source: z.string(), definition: batchDefinition }).optional(),
  real: z
    .object({
      models: z.record(z.string(), z.string()),
      /** `node.param` → value; `subgraph/node.param` in an inner graph */
      params: z.record(z.string(), jsonValue).default({}),
      /** input → default */
      inputs: z.record(z.string(), jsonValue).default({}),
    })
    .optional(),
})
const templateIndex = z.object({ templates: z.array(templateEntry) })
export type TemplateEntry = z.infer<typeof templateEntry>

const folder = (): string => join(resourcesFolder(), 'templates')

export async function templateEntries(): Promise<readonly TemplateEntry[]> {
  return templateIndex.parse(JSON.parse(await readFile(join(folder(), 'index.json'), 'utf8'))).templates
}

/** The template's graph, on toys or on real models. */
export async function loadTemplate(id: string, real: boolean): Promise<GraphDocument> {
  const entries = await templateEntries()
  const entry = entries.find((candidate) => candidate.id === id)
  if (!entry)
    throw new TributaryError('graph-not-found', `There is no template “${id}”.`, {
      hint: `There are: ${entries.map((candidate) => candidate.id).join(', ')}.`,
    })
  const loaded = loadGraph(await readFile(join(folder(), `${id}.trib.json`), 'utf8'))
  if (!loaded.ok) throw TributaryError.fromReport(loaded.error)
  if (!real) return loaded.document
  if (!entry.real) throw new TributaryError('not-allowed', `The template “${entry.title}” runs on toys only.`)
  return withRealModels(loaded.document, entry.real)
}

export function withRealModels(document: GraphDocument, real: NonNullable<TemplateEntry['real']>): GraphDocument {
  const inputs = { ...document.interface.inputs }
  for (const [name, value] of Object.entries(real.inputs)) {
    const input = inputs[name]
    if (input) inputs[name] = { ...input, default: value }
  }
  const models = Object.fromEntries(
    Object.entries(document.models).map(([alias, model]) => [
      alias,
      real.models[alias] === undefined ? model : { catalog: real.models[alias] },
    ]),
  )
  return Object.entries(real.params).reduce(withParam, { ...document, models, interface: { ...document.interface, inputs } })
}

function withParam(document: GraphDocument, [place, value]: readonly [string, Json]): GraphDocument {
  const { scope, id, param } = paramPlace(place)
  const view = focusOn(document, scope)
  const node = view.nodes[id]
  if (!node) return document
  return unfocus(document, scope, { ...view, nodes: { ...view.nodes, [id]: { ...node, params: { ...node.params, [param]: value } } } })
}

/** `node.param`, or `subgraph/node.param` of an inner graph. */
export function paramPlace(place: string): { readonly scope: string | undefined; readonly id: string; readonly param: string } {
  const [path = '', param = ''] = place.split('.')
  const [id = '', scope] = path.split('/').reverse()
  return { scope, id, param }
}

export async function templateCards(house: House): Promise<TemplateCard[]> {
  const library = await listModels(house)
  const systems = new Map(systemEntries.map(({ id, name }) => [id, name]))
  const peakOf = (document: GraphDocument): number =>
    planMemory(planRun({ document, specs: house.specs }), document, library, { specs: house.specs }).peakBytes
  const present = new Set((await house.shelf.list()).flatMap(({ catalog, state }) => (catalog && state === 'present' ? [catalog] : [])))
  return Promise.all(
    (await templateEntries()).map(async (entry) => {
      const document = await loadTemplate(entry.id, false)
      return {
        id: entry.id,
        title: entry.title,
        summary: entry.summary,
        note: entry.note,
        family: entry.family,
        expect: entry.expect,
        papers: entry.systems.flatMap((system) => systems.get(system) ?? []),
        document,
        toys: true,
        peakBytes: {
          toys: peakOf(document),
          ...(entry.real === undefined ? {} : { real: peakOf(withRealModels(document, entry.real)) }),
        },
        realModels: Object.entries(entry.real?.models ?? {}).map(([alias, catalog], index, all) => {
          const listed = house.shelf.catalogue.byId(catalog)
          // a model that plays several parts is fetched once
          const isFirst = all.findIndex(([, other]) => other === catalog) === index
          const bytes = listed && isFirst && !present.has(catalog) ? downloadBytes(listed) : 0
          return { alias, catalog, present: present.has(catalog), downloadBytes: bytes }
        }),
        systems: entry.systems,
        ...(entry.batch === undefined ? {} : { batch: entry.batch }),
      }
    }),
  )
}

/** Every file has an entry and every entry a file: checked by a test, so that none is forgotten. */
export async function templateFiles(): Promise<string[]> {
  return (await readdir(folder())).filter((name) => name.endsWith('.trib.json')).map((name) => name.slice(0, -'.trib.json'.length))
}
