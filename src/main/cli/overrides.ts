import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import type { App } from '../app'
import { createCatalog } from '../nodes/catalog'
import { nearestName } from './inputs'

/** The document with `--set node.param=v` and `--model alias=what` applied, for this run only. Values of `--set` are JSON where they parse, else text. */
export async function applyOverrides(
  document: GraphDocument,
  options: { set: readonly string[]; model: readonly string[] },
  app: App,
): Promise<GraphDocument> {
  let next = document
  for (const assignment of options.set) next = setParam(next, assignment)
  for (const assignment of options.model) next = await setModel(next, assignment, app)
  return next
}

function setParam(document: GraphDocument, assignment: string): GraphDocument {
  const match = /^([^.=]+)\.([^=]+)=([\s\S]*)$/.exec(assignment)
  if (!match) throw new TributaryError('usage', `--set ${assignment}: expected node.param=value.`)
  const [, id = '', param = '', text = ''] = match
  const node = Object.hasOwn(document.nodes, id) ? document.nodes[id] : undefined
  if (!node) throw unknown('The graph', 'node', id, Object.keys(document.nodes))
  const known = createCatalog().get(node.type)?.spec.params
  if (known && !Object.hasOwn(known, param)) throw unknown(`Node “${id}”`, 'param', param, Object.keys(known))
  return { ...document, nodes: { ...document.nodes, [id]: { ...node, params: { ...node.params, [param]: jsonOrText(text) } } } }
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

async function setModel(document: GraphDocument, assignment: string, app: App): Promise<GraphDocument> {
  const equals = assignment.indexOf('=')
  if (equals < 1) throw new TributaryError('usage', `--model ${assignment}: expected alias=file, SHA-256 or catalogue id.`)
  const [alias, what] = [assignment.slice(0, equals), assignment.slice(equals + 1)]
  if (!Object.hasOwn(document.models, alias)) throw unknown('The graph', 'model alias', alias, Object.keys(document.models))
  return { ...document, models: { ...document.models, [alias]: await modelFrom(what, app) } }
}

async function modelFrom(what: string, app: App): Promise<GraphDocument['models'][string]> {
  if (/^[0-9a-f]{64}$/.test(what)) return { sha256: what }
  if (existsSync(what)) {
    const card = await app.addModel(resolve(what))
    if (card.sha256 !== undefined) return { sha256: card.sha256, hint: card.name }
  }
  return { catalog: what }
}

function unknown(owner: string, kind: string, name: string, names: readonly string[]): TributaryError {
  const nearest = nearestName(name, names)
  return new TributaryError('usage', `${owner} has no ${kind} “${name}”.`, {
    hint: nearest ? `Did you mean “${nearest}”?` : `There are: ${names.join(', ') || 'none'}.`,
  })
}
