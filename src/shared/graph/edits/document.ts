import { TributaryError } from '../../errors'
import { type Edited, edited } from '../diff'
import type { GraphBody, GraphDocument, ModelAlias } from '../document'
import { freshId, has, slugify } from '../ids'
import { aliasOf, aliasValue } from '../models'
import { omit, setMember } from './scope'

export const setName = (document: GraphDocument, args: { readonly name: string }): Edited =>
  edited(document, setMember(document, 'name', args.name))

export const setDescription = (document: GraphDocument, args: { readonly description: string }): Edited =>
  edited(document, setMember(document, 'description', args.description === '' ? undefined : args.description))

/** How branches run; see `one-at-a-time.ts`. */
export const setBranches = (document: GraphDocument, args: { readonly branches: 'beside' | 'sequence' }): Edited =>
  edited(document, setMember(document, 'branches', args.branches === 'beside' ? undefined : args.branches))

/** Says which model an alias stands for; every node that names the alias follows. */
export const setModelAlias = (document: GraphDocument, args: { readonly alias: string; readonly model: ModelAlias }): Edited =>
  edited(document, { ...document, models: { ...document.models, [slugify(args.alias, 'model')]: args.model } })

/** A new alias for a model; `alias` is the one it got. A model that has one already (same file or catalogue entry) keeps it. */
export function addModelAlias(
  document: GraphDocument,
  args: { readonly wanted: string; readonly model: ModelAlias },
): Edited & { readonly alias: string } {
  const isSame = (other: ModelAlias): boolean =>
    (args.model.sha256 !== undefined && other.sha256 === args.model.sha256) ||
    (args.model.sha256 === undefined && args.model.catalog !== undefined && other.catalog === args.model.catalog)
  const known = Object.entries(document.models).find(([, other]) => isSame(other))?.[0]
  if (known !== undefined) return { ...edited(document, document), alias: known }
  const alias = freshId(slugify(args.wanted, 'model'), (wanted) => has(document.models, wanted))
  return { ...setModelAlias(document, { alias, model: args.model }), alias }
}

export const removeModelAlias = (document: GraphDocument, args: { readonly alias: string }): Edited =>
  edited(document, setMember(document, 'models', omit(document.models, [args.alias])))

/** A new name for an alias; params that name it follow, in all bodies. */
export function renameModelAlias(
  document: GraphDocument,
  args: { readonly alias: string; readonly to: string },
): Edited & { readonly alias: string } {
  const model = has(document.models, args.alias) ? document.models[args.alias] : undefined
  if (!model) throw new TributaryError('not-found', `the graph lists no model “${args.alias}”`)
  const alias = freshId(slugify(args.to, 'model'), (wanted) => wanted !== args.alias && has(document.models, wanted))
  const follow = <Body extends GraphBody>(body: Body): Body => ({ ...body, nodes: renameInNodes(body.nodes, args.alias, alias) })
  const subgraphs = Object.fromEntries(Object.entries(document.subgraphs).map(([id, body]) => [id, follow(body)]))
  const models = { ...omit(document.models, [args.alias]), [alias]: model }
  return { ...edited(document, { ...follow(document), models, subgraphs }), alias }
}

export function renameInNodes(nodes: GraphBody['nodes'], before: string, after: string): GraphBody['nodes'] {
  const entries = Object.entries(nodes).map(([id, node]) => {
    if (!Object.values(node.params).some((value) => aliasOf(value) === before)) return [id, node] as const
    const params = Object.entries(node.params).map(
      ([name, value]) => [name, aliasOf(value) === before ? aliasValue(after) : value] as const,
    )
    return [id, { ...node, params: Object.fromEntries(params) }] as const
  })
  return Object.fromEntries(entries)
}
