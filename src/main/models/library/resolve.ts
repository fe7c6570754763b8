import { existsSync } from 'node:fs'
import { TributaryError } from '../../../shared/errors'
import type { ModelAlias } from '../../../shared/graph/document'
import type { ModelRef } from '../../../shared/value'
import { type CatalogueModel, downloadBytes } from './catalogue'
import { formatBytes } from './files'
import { weightFiles } from './scan'
import type { Shelf, ShelfModel } from './shelf'

/** What a graph's alias or a model reference comes to on this machine: a model, or why not and what could be done. */
export type Resolution =
  | { readonly ok: true; readonly ref: ModelRef; readonly model?: ShelfModel }
  | {
      readonly ok: false
      readonly code: 'model-missing' | 'model-changed'
      readonly reason: string
      /** the catalogue entry that would bring it */
      readonly fetch?: CatalogueModel
      readonly downloadBytes?: number
      /** models that are here and could stand in: the same architecture or vocabulary */
      readonly alternatives: readonly ShelfModel[]
    }

/** An alias by hash, else by catalogue id, else by its hint (a name). A hash is never replaced by something similar. */
export async function resolveAlias(shelf: Shelf, alias: ModelAlias, name = 'a model'): Promise<Resolution> {
  if (alias.remote) {
    const { backend, model } = alias.remote
    return { ok: true, ref: { backend: 'openai-compatible', id: `${backend}/${model}`, name: model } }
  }
  const listed = listedAs(shelf, alias)
  const sha256 = alias.sha256 ?? listed?.sha256
  const model = sha256 === undefined ? await findByName(shelf, alias.hint) : await shelf.find(sha256)
  if (model) return { ok: true, ref: model.ref, model }
  return missing(shelf, alias, listed, sha256, name)
}

/** The file behind a reference of backend llama-cpp. Throws `model-missing` or `model-changed` with the remedy. */
export async function openRef(shelf: Shelf, ref: ModelRef): Promise<ShelfModel> {
  const found = await resolveAlias(shelf, { sha256: ref.id, hint: ref.name }, ref.name)
  if (found.ok && found.model) return found.model
  if (found.ok) throw new TributaryError('model-missing', `${ref.name} is not a model file on this machine.`)
  throw asError(found)
}

export function asError(missing: Extract<Resolution, { ok: false }>): TributaryError {
  return new TributaryError(missing.code, missing.reason, {
    hint: missing.fetch
      ? `Download it (${formatBytes(missing.downloadBytes ?? 0)}): tributary models pull ${missing.fetch.id}`
      : 'Add the file to the library, or choose another model.',
    details: { ...(missing.fetch ? { catalog: missing.fetch.id } : {}), alternatives: missing.alternatives.map(({ sha256 }) => sha256) },
  })
}

function listedAs({ catalogue }: Shelf, alias: ModelAlias): CatalogueModel | undefined {
  if (alias.sha256 !== undefined) return catalogue.bySha256(alias.sha256)
  if (alias.catalog !== undefined) return catalogue.byId(alias.catalog)
  const hint = alias.hint?.toLowerCase()
  return hint === undefined ? undefined : catalogue.models.find(({ id, name }) => id === hint || name.toLowerCase() === hint)
}

async function findByName(shelf: Shelf, hint: string | undefined): Promise<ShelfModel | undefined> {
  if (hint === undefined) return undefined
  const wanted = hint.toLowerCase()
  return (await shelf.list()).find(({ name, state }) => state === 'present' && name.toLowerCase() === wanted)
}

async function missing(
  shelf: Shelf,
  alias: ModelAlias,
  listed: CatalogueModel | undefined,
  sha256: string | undefined,
  name: string,
): Promise<Resolution> {
  const all = await shelf.list()
  const former = all.find((model) => model.sha256 === sha256)
  const label = former?.name ?? listed?.name ?? alias.hint ?? name
  const successor = former && all.find((model) => model.path === former.path && model.sha256 !== sha256 && model.state === 'present')
  const alternatives = all.filter((model) => model.state === 'present' && standsIn(model, alias, listed, former))
  return {
    ok: false,
    code: successor ? 'model-changed' : 'model-missing',
    reason: successor
      ? `The file of ${label} changed: it is not the model that the graph names any more.`
      : former
        ? `The file of ${label} is gone: it was ${weightFiles(former.path).find((file) => !existsSync(file)) ?? former.path}.`
        : `${label} is not in the library.`,
    ...(listed ? { fetch: listed, downloadBytes: downloadBytes(listed) } : {}),
    alternatives,
  }
}

function standsIn(model: ShelfModel, alias: ModelAlias, listed?: CatalogueModel, former?: ShelfModel): boolean {
  const vocabulary = alias.vocab ?? former?.facts.vocabulary
  const architecture = alias.arch ?? listed?.architecture ?? former?.facts.architecture
  if (vocabulary !== undefined && model.facts.vocabulary === vocabulary) return true
  return architecture === undefined || model.facts.architecture === architecture
}
