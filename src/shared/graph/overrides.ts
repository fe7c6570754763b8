import { TributaryError } from '../errors'
import type { Json } from '../json'
import { nearestName } from '../nearest-name'
import type { GraphDocument, ModelAlias } from './document'
import type { NodeSpecs } from './specs'

/** The document with one param set, named `node.param`, for one run. Throws `usage` for a node or param that is not there. */
export function withParam(document: GraphDocument, place: string, value: Json, specs: NodeSpecs): GraphDocument {
  const dot = place.indexOf('.')
  const [id, param] = [place.slice(0, dot), place.slice(dot + 1)]
  if (dot < 1 || param === '') throw new TributaryError('usage', `“${place}” names no param.`, { hint: 'Write node.param.' })
  const node = Object.hasOwn(document.nodes, id) ? document.nodes[id] : undefined
  if (!node) throw unknown('The graph', 'node', id, Object.keys(document.nodes))
  const known = specs.get(node.type)?.params
  if (param === 'seed' && !known?.seed && typeof value === 'number') {
    return { ...document, nodes: { ...document.nodes, [id]: { ...node, seed: value } } }
  }
  if (known && !Object.hasOwn(known, param)) throw unknown(`Node “${id}”`, 'param', param, Object.keys(known))
  return { ...document, nodes: { ...document.nodes, [id]: { ...node, params: { ...node.params, [param]: value } } } }
}

/** The document with another model behind an alias. Throws `usage` for an alias that the graph does not have. */
export function withModel(document: GraphDocument, alias: string, model: ModelAlias): GraphDocument {
  if (!Object.hasOwn(document.models, alias)) throw unknown('The graph', 'model alias', alias, Object.keys(document.models))
  return { ...document, models: { ...document.models, [alias]: model } }
}

function unknown(owner: string, kind: string, name: string, names: readonly string[]): TributaryError {
  const nearest = nearestName(name, names)
  return new TributaryError('usage', `${owner} has no ${kind} “${name}”.`, {
    hint: nearest ? `Did you mean “${nearest}”?` : `There are: ${names.join(', ') || 'none'}.`,
  })
}
