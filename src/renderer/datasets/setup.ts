import type { BatchDefinition, BatchVariant } from '../../shared/batch/definition'
import { parsePath } from '../../shared/batch/path'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { Json } from '../../shared/json'
import { paramTitle } from '../../shared/names'

/** Something that a variant may set otherwise: a param of a node, or a model of the graph. */
export interface Settable {
  /** `node.param`, or `model:alias` */
  readonly place: string
  readonly label: string
  readonly value: Json
  readonly kind: 'number' | 'boolean' | 'text' | 'choice' | 'json' | 'model'
  readonly options?: readonly { readonly value: string; readonly title: string }[]
}

/** Everything of a graph that a variant may set, nodes in the order of the file. */
export function settables(document: GraphDocument, specs: NodeSpecs): Settable[] {
  const params = Object.entries(document.nodes).flatMap(([id, node]) =>
    Object.entries(specs.get(node.type)?.params ?? {}).flatMap(([name, param]): Settable[] => {
      if (param.kind === 'model' || param.kind === 'resource') return []
      const value = node.params[name] ?? (param.default as Json)
      const label = `${node.title || specs.get(node.type)?.title || id}: ${paramTitle(name, param)}`
      const place = `${id}.${name}`
      if (param.kind === 'choice') return [{ place, label, value, kind: 'choice', options: param.options }]
      const kind = param.kind === 'number' || param.kind === 'boolean' || param.kind === 'text' ? param.kind : 'json'
      return [{ place, label, value, kind }]
    }),
  )
  const models = Object.entries(document.models).map(
    ([alias, model]): Settable => ({
      place: `model:${alias}`,
      label: `Model: ${alias}`,
      value: (model.sha256 ?? model.catalog ?? '') as Json,
      kind: 'model',
    }),
  )
  return [...params, ...models]
}

/** A, B, C, … for variants that the person did not name. */
export const letter = (place: number): string => String.fromCharCode(65 + place)

export function withSetting(variant: BatchVariant, place: string, value: Json | undefined): BatchVariant {
  if (place.startsWith('model:')) {
    const { [place.slice(6)]: _, ...models } = variant.models
    if (value === undefined) return { ...variant, models }
    const model = /^[0-9a-f]{64}$/.test(String(value)) ? { sha256: String(value) } : { catalog: String(value) }
    return { ...variant, models: { ...models, [place.slice(6)]: model } }
  }
  const { [place]: _, ...set } = variant.set
  return { ...variant, set: value === undefined ? set : { ...set, [place]: value } }
}

export function settingOf(variant: BatchVariant, place: string): Json | undefined {
  if (!place.startsWith('model:')) return variant.set[place]
  const model = variant.models[place.slice(6)]
  return model === undefined ? undefined : ((model.sha256 ?? model.catalog ?? '') as Json)
}

/** places that any variant sets */
export const placesOf = (variants: readonly BatchVariant[]): string[] => [
  ...new Set(variants.flatMap(({ set, models }) => [...Object.keys(set), ...Object.keys(models).map((alias) => `model:${alias}`)])),
]

/** What is still missing before a batch can begin, in one sentence; undefined: nothing. */
export function whatIsMissing(
  definition: BatchDefinition,
  document: GraphDocument | undefined,
  columns: readonly string[],
): string | undefined {
  if (!document) return 'Choose a graph.'
  if (columns.length === 0) return 'Choose a dataset.'
  for (const [name, input] of Object.entries(document.interface.inputs))
    if (definition.map[name] === undefined && input.default === undefined && input.required !== false)
      return `Say which column feeds “${name}”.`
  for (const [name, path] of Object.entries(definition.map)) {
    const [first] = parsePath(path)
    if (typeof first === 'string' && !columns.includes(first)) return `“${name}” is fed by “${first}”, which the dataset does not have.`
  }
  if (Object.keys(document.interface.outputs).length === 0) return 'The graph has no output.'
  return undefined
}
