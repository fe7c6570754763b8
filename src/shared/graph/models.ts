import type { ModelContext } from '../context-memory/model-shape'
import type { ModelNeed } from '../node-spec'
import type { GraphDocument, GraphNode, ModelAlias } from './document'
import { has } from './ids'

/** What validation and planning know of a model; the cards of the models panel have these members. */
export interface LibraryModel {
  readonly sha256?: string
  readonly catalog?: string
  readonly name: string
  /** absent counts as `present` */
  readonly state?: 'present' | 'absent' | 'pulling' | 'missing' | 'corrupt'
  readonly sizeBytes: number
  readonly goodFor?: readonly ModelNeed[]
  /** what its contexts take by its header; absent where it is not known */
  readonly context?: ModelContext
  /** what it took on this machine: in all, and without contexts that were only kept for later */
  readonly measured?: { readonly memoryBytes: number; readonly neededBytes?: number }
}

export type ModelLibrary = readonly LibraryModel[]

const prefix = 'model:'

/** The alias that a param value names (`model:small` → `small`); undefined when it names none. */
export const aliasOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.startsWith(prefix) && value.length > prefix.length ? value.slice(prefix.length) : undefined

export const aliasValue = (alias: string): string => `${prefix}${alias}`

export const findAlias = (models: { readonly [alias: string]: ModelAlias }, alias: string): ModelAlias | undefined =>
  has(models, alias) ? models[alias] : undefined

/** Content decides: where a hash is given only that file will do; a catalogue id stands alone in templates, before anything was downloaded. */
export function resolveModel(alias: ModelAlias, library: ModelLibrary): LibraryModel | undefined {
  if (alias.sha256 !== undefined) return library.find((model) => model.sha256 === alias.sha256)
  if (alias.catalog !== undefined) return library.find((model) => model.catalog === alias.catalog)
  return undefined
}

/** Whether a model can do one of the things that a param needs. */
export const isGoodFor = (goodFor: readonly ModelNeed[], needs: ModelNeed | readonly ModelNeed[]): boolean =>
  [needs].flat().some((need) => goodFor.includes(need))

export const isPresent = (model: LibraryModel | undefined): boolean => model !== undefined && (model.state ?? 'present') === 'present'

/** What a person calls it. */
export const nameModel = (alias: string, model: ModelAlias): string => model.hint ?? model.catalog ?? model.remote?.model ?? alias

/** The name of a model on a server that the node names in its params: what it writes comes whole. */
export function serverModelOf({ models }: Pick<GraphDocument, 'models'>, { params }: Pick<GraphNode, 'params'>): string | undefined {
  for (const value of Object.values(params)) {
    const alias = aliasOf(value)
    const model = alias === undefined ? undefined : findAlias(models, alias)
    if (alias !== undefined && model?.remote) return nameModel(alias, model)
  }
  return undefined
}
