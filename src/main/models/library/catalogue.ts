import { readFile } from 'node:fs/promises'
import { TributaryError } from '../../../shared/errors'
import type { CatalogueModel } from './check-catalogue'

export type { CatalogueModel, HttpSource, ModelSource, RawFile, WheelPart, WheelSource } from './check-catalogue'

/**
 * The catalogue (`resources/models.json`): models we know how to get. A model is one GGUF file with a known hash. It is made of *raw* files, which
 * every source must deliver bit by bit the same; a source only says where from. `convert` says how raw files become the GGUF, where they are not it.
 */
export interface Catalogue {
  readonly models: readonly CatalogueModel[]
  byId(id: string): CatalogueModel | undefined
  bySha256(sha256: string): CatalogueModel | undefined
}

export function catalogueOf(models: readonly CatalogueModel[]): Catalogue {
  const ids = new Map(models.map((model) => [model.id, model]))
  const hashes = new Map(models.map((model) => [model.sha256, model]))
  return { models, byId: (id) => ids.get(id), bySha256: (hash) => hashes.get(hash) }
}

/** The catalogue that ships with the application; its tests have checked it (`check-catalogue.ts`). What may be left out in the file is filled in. */
export async function loadCatalogue(path: string): Promise<Catalogue> {
  const { models } = JSON.parse(await readFile(path, 'utf8')) as {
    models: readonly (Omit<CatalogueModel, 'toy' | 'raw'> & Partial<CatalogueModel>)[]
  }
  return catalogueOf(models.map((model) => ({ ...model, toy: model.toy ?? false, raw: model.raw ?? [] })))
}

/** The model of this id; the error names the nearest ids, for a person who mistyped. */
export function requireCatalogueModel(catalogue: Catalogue, id: string): CatalogueModel {
  const model = catalogue.byId(id)
  if (model) return model
  const near = catalogue.models.filter((known) => known.id.includes(id) || id.includes(known.id)).map((known) => known.id)
  const offer = near.length > 0 ? near : catalogue.models.filter((known) => !known.toy).map((known) => known.id)
  throw new TributaryError('not-found', `The catalogue has no model "${id}".`, { hint: `Known: ${offer.join(', ')}.` })
}

/** Bytes that a pull moves over the network, as far as the first source that is not `shipped` tells; 0 for shipped models. */
export function downloadBytes(model: CatalogueModel): number {
  const source = model.sources.find((candidate) => candidate.kind !== 'shipped')
  return source ? model.raw.reduce((sum, file) => sum + file.sizeBytes, 0) : 0
}
