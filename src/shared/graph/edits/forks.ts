import { isJsonObject, type Json } from '../../json'
import { type Edited, edited } from '../diff'
import type { GraphBody, GraphDocument } from '../document'
import { setParam } from './nodes'
import { bodyOf, editBody, type Scoped } from './scope'

/**
 * A param that is tried with several values. The values stand in `ui.forks` (`{"writer.temperature": [0.2, 0.7]}`): beside the graph, saved and undone with
 * it, and no part of what it means. A run of the graph uses the param's own value; a run of a variant is a run with that one param set.
 */
export interface Fork extends Scoped {
  readonly node: string
  readonly param: string
  readonly values: readonly Json[]
}

export const mostVariants = 6

/** A, B, C, … */
export const variantLabel = (index: number): string => String.fromCharCode(65 + index)

/** The forks of one graph whose node is there; anything odd in a file is ignored. */
export function forksOf(body: GraphBody): Fork[] {
  return Object.entries(recordsOf(body)).flatMap(([key, values]) => {
    const dot = key.indexOf('.')
    const node = key.slice(0, dot)
    if (dot < 1 || !Array.isArray(values) || values.length < 2 || !Object.hasOwn(body.nodes, node)) return []
    return [{ node, param: key.slice(dot + 1), values: values.slice(0, mostVariants) as Json[] }]
  })
}

/** Those of the graph and of every graph inside it. */
export const allForks = (document: GraphDocument): Fork[] => [
  ...forksOf(document),
  ...Object.entries(document.subgraphs).flatMap(([scope, body]) => forksOf(body).map((fork) => ({ scope, ...fork }))),
]

export const forkOf = (body: GraphBody, node: string, param: string): Fork | undefined =>
  forksOf(body).find((fork) => fork.node === node && fork.param === param)

/** Sets the values of a fork; fewer than two end it. */
export function setFork(
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly param: string; readonly values: readonly Json[] },
): Edited {
  const { [`${args.node}.${args.param}`]: _before, ...others } = recordsOf(bodyOf(document, args.scope))
  const forks = args.values.length < 2 ? others : { ...others, [`${args.node}.${args.param}`]: args.values.slice(0, mostVariants) }
  return editBody(document, args, (body) => {
    const { forks: _forks, ...ui } = body.ui
    return { ...body, ui: Object.keys(forks).length === 0 ? ui : { ...ui, forks } }
  })
}

/** The winner becomes the param's value and the fork ends, as one edit. */
export function keepVariant(
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly param: string; readonly index: number },
): Edited {
  const { scope, node, param, index } = args
  const value = forkOf(bodyOf(document, scope), node, param)?.values[index]
  if (value === undefined) return edited(document, document)
  return edited(document, setFork(setParam(document, { scope, node, param, value }).document, { scope, node, param, values: [] }).document)
}

function recordsOf(body: GraphBody): { readonly [key: string]: Json } {
  const forks = body.ui.forks as Json | undefined
  return forks !== undefined && isJsonObject(forks) ? forks : {}
}
