import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BranchesRun } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { setBranches } from '../../shared/graph/edit'
import { withModel, withParam } from '../../shared/graph/overrides'
import { specsByType } from '../../shared/graph/specs'
import type { Json } from '../../shared/json'
import type { App } from '../app'
import { createCatalog } from '../nodes/catalog'

/** The document with `--branches how` applied, for this run only. */
export const withBranches = (document: GraphDocument, { branches }: { readonly branches?: BranchesRun }): GraphDocument =>
  branches === undefined ? document : setBranches(document, { branches }).document

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
  const match = /^([^.=]+\.[^=]+)=([\s\S]*)$/.exec(assignment)
  if (!match) throw new TributaryError('usage', `--set ${assignment}: expected node.param=value.`)
  const [, place = '', text = ''] = match
  return withParam(document, place, jsonOrText(text), specsByType(createCatalog().specs()))
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
  withModel(document, alias, {})
  return withModel(document, alias, await modelFrom(what, app))
}

async function modelFrom(what: string, app: App): Promise<GraphDocument['models'][string]> {
  if (/^[0-9a-f]{64}$/.test(what)) return { sha256: what }
  if (existsSync(what)) {
    const card = await app.addModel(resolve(what))
    if (card.sha256 !== undefined) return { sha256: card.sha256, hint: card.name }
  }
  return { catalog: what }
}
