import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Compatibility, Handlers, ModelCard, WatchedFolder } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { isJsonObject, type Json } from '../../shared/json'
import type { ModelNeed } from '../../shared/node-spec'
import { areNliLabels, preferenceLabels } from '../../shared/pair-labels'
import { defaultHostSettings } from '../models/host-protocol'
import { memoryMeasured } from '../models/learn-memory'
import { addToShelf } from '../models/library/add'
import { type CatalogueModel, requireCatalogueModel } from '../models/library/catalogue'
import { judgePair } from '../models/library/compatibility'
import { formatParameters } from '../models/library/facts'
import { settle } from '../models/library/files'
import { weightFiles } from '../models/library/scan'
import type { ShelfModel } from '../models/library/shelf'
import { isStillThere } from '../models/library/watched-folders'
import { judgedByFirstBytes } from '../resources/first-bytes'
import { isCheckpoint } from '../weights/checkpoint/open'
import { isGguf } from '../weights/gguf/bytes/byte-source'
import { notAModelFile } from '../weights/gguf/errors/corrupt'
import type { House } from './house'
import { openRoot } from './open-root'

type ModelMethods = Extract<keyof Handlers, `models.${string}`>

/** The model library: what is here, what could be fetched, and what any two of them can do together. */
export function modelHandlers(house: House): Pick<Handlers, ModelMethods> {
  const changed = () => house.broadcast('models.changed', {})

  return {
    'models.list': () => listModels(house),
    'models.pull': ({ id }) => {
      requireCatalogueModel(house.shelf.catalogue, id)
      // Progress and failure reach every window by the push `models.pull`.
      house.puller.pull(id).then(changed, changed)
      return null
    },
    'models.cancelPull': ({ id }) => {
      house.puller.cancel(id)
      return null
    },
    'models.remove': async ({ sha256 }) => {
      await house.memory.unload(sha256)
      await house.shelf.remove(sha256)
      changed()
      return null
    },
    'models.accept': ({ sha256 }) => {
      for (const hash of sha256) house.store.accepted.add('model', hash)
      changed()
      return null
    },
    'models.template': ({ sha256 }) => house.templateOf(sha256),
    'models.acceptTemplate': ({ hash, accept }) => {
      house.store.accepted[accept ? 'add' : 'remove']('template', hash)
      house.onSettings()
      changed()
      return null
    },
    'models.verify': async ({ sha256 }) => {
      const verdict = await house.shelf.verify(sha256)
      if (!verdict.ok) changed()
      return verdict
    },
    'models.pick': async () => {
      const path = await house.dialogs?.pickModel()
      if (path == null) return null
      const { models } = await addToShelf(house.shelf, path, new AbortController().signal)
      changed()
      return models[0] ? presentCard(house, models[0], new Map()) : null
    },
    'models.loaded': () => house.memory.loaded(),
    'models.unload': async ({ id }) => {
      await house.memory.unload(id)
      return house.memory.loaded()
    },
    'models.folders': () => watchedFolders(house),
    'models.watchFolder': async ({ root }) => {
      const path = root === undefined ? await house.dialogs?.pickFolder() : openRoot(house, root)
      if (path == null) return null
      await house.watched.add(path)
      void house.shelf.readWatched().then(changed, changed)
      return watchedFolders(house)
    },
    'models.unwatchFolder': ({ path }) => {
      house.watched.remove(path)
      house.shelf.forgetFolder(path)
      changed()
      return watchedFolders(house)
    },
    'models.matrix': async () => matrixOf(await house.shelf.list()),
  }
}

/** Folders that are watched for models, as a person sees them. */
export const watchedFolders = ({ watched, shelf }: House): Promise<WatchedFolder[]> =>
  Promise.all(watched.list().map(async (path) => ({ path, present: await isStillThere(path), models: shelf.inFolder(path) })))

/** Present models first, then what the catalogue could fetch. */
export async function listModels(house: House): Promise<ModelCard[]> {
  const pulling = new Set(house.puller.running().map(({ id }) => id))
  const usedBy = graphsByModel(house)
  const models = (await house.shelf.list()).filter((model) => !isForgotten(model, usedBy))
  const present = new Set(models.filter(({ state }) => state === 'present').map(({ sha256 }) => sha256))
  const cards = models.map((model) => presentCard(house, model, usedBy))
  const absent = house.shelf.catalogue.models
    .filter(({ sha256 }) => !present.has(sha256))
    .map((entry) => absentCard(entry, pulling.has(entry.id), usedBy))
  const known = new Set(absent.map(({ catalog }) => catalog))
  return [...cards.filter((card) => card.state === 'present' || !known.has(card.catalog)), ...absent]
}

/** A file that left a watched folder is nobody's loss, unless a graph names it. */
const isForgotten = ({ state, origin, sha256 }: ShelfModel, usedBy: ReadonlyMap<string, readonly string[]>): boolean =>
  state === 'missing' && origin === 'watched' && !usedBy.has(sha256)

export function presentCard(house: House, model: ShelfModel, usedBy: ReadonlyMap<string, readonly string[]>): ModelCard {
  const listed = model.catalog === undefined ? undefined : house.shelf.catalogue.byId(model.catalog)
  const { facts } = model
  const measured = memoryMeasured(house.store.measurements, model.sha256)
  const graphs = [...(usedBy.get(model.sha256) ?? []), ...(model.catalog === undefined ? [] : (usedBy.get(model.catalog) ?? []))]
  return {
    sha256: model.sha256,
    ...(model.catalog === undefined ? {} : { catalog: model.catalog }),
    name: model.name,
    state: model.state,
    ref: model.ref,
    toy: model.origin === 'shipped',
    ...(house.isStranger(model) ? { asksFirst: true } : {}),
    description: listed?.summary ?? mergedFrom(model.recipe) ?? facts.description ?? (isCheckpoint(model.path) ? aboutCheckpoints : ''),
    architecture: facts.architecture,
    parameters: formatParameters(facts.parameters),
    quantization: facts.quantization,
    sizeBytes: model.sizeBytes,
    contextTokens: facts.contextTokens,
    ...contextOf(house, facts),
    ...(facts.vocabulary === undefined ? {} : { vocabulary: facts.vocabulary }),
    ...(facts.vocabularySize === undefined ? {} : { vocabularySize: facts.vocabularySize }),
    hasChatTemplate: facts.template !== undefined,
    licence: listed?.licence.id ?? facts.licence ?? 'not stated',
    goodFor: listed?.goodFor ?? needsOf(facts),
    source: model.origin,
    usedBy: [...new Set(graphs)],
    ...(model.recipe === undefined ? {} : { recipe: model.recipe }),
    ...(measured === undefined ? {} : { measured }),
  }
}

/** What contexts take by its header, as large as the host makes them. Where the device is not chosen, the processor is counted with. */
function contextOf({ device }: House, { shape, contextTokens }: ShelfModel['facts']): Pick<ModelCard, 'context'> {
  if (shape?.cache === undefined) return {}
  const most = defaultHostSettings.contextTokens
  return {
    context: {
      shape,
      onCpu: device() === 'cpu' || device() === 'auto',
      mostTokens: contextTokens > 0 ? Math.min(contextTokens, most) : most,
    },
  }
}

/** What a merged file inherits as its description speaks of its first source alone. */
function mergedFrom(recipe: Json | undefined): string | undefined {
  const inputs = isJsonObject(recipe) && Array.isArray(recipe.inputs) ? (recipe.inputs as readonly Json[]) : []
  const names = inputs.flatMap((input) => (isJsonObject(input) && typeof input.name === 'string' ? [input.name] : []))
  return names.length === 0 ? undefined : `Made of ${names.join(', ')}.`
}

const aboutCheckpoints = 'A checkpoint of safetensors, merged where it lies. When it is first run, an F16 copy of it is made.'

function needsOf({ writesText, labels }: ShelfModel['facts']): readonly ModelNeed[] {
  if (writesText) return ['text', 'distribution', 'weights']
  if (labels === undefined) return ['embeddings']
  if (preferenceLabels(labels)) return ['comparison']
  return labels.length === 1 ? ['relevance'] : areNliLabels(labels) ? ['entailment'] : []
}

function absentCard(entry: CatalogueModel, isPulling: boolean, usedBy: ReadonlyMap<string, readonly string[]>): ModelCard {
  return {
    catalog: entry.id,
    name: entry.name,
    state: isPulling ? 'pulling' : 'absent',
    toy: entry.toy,
    description: entry.summary,
    architecture: entry.architecture,
    parameters: formatParameters(entry.parameters),
    quantization: entry.quantization,
    sizeBytes: entry.sizeBytes,
    licence: entry.licence.id,
    goodFor: entry.goodFor,
    source: 'catalogue',
    usedBy: [...(usedBy.get(entry.id) ?? []), ...(usedBy.get(entry.sha256) ?? [])],
  }
}

/** hash or catalogue id → names of the graphs that use it */
function graphsByModel({ store }: House): Map<string, string[]> {
  const usedBy = new Map<string, string[]>()
  for (const { id, name } of store.graphs.list()) {
    for (const alias of Object.values(store.graphs.get(id).document.models)) {
      const key = alias.sha256 ?? alias.catalog
      if (key !== undefined) usedBy.set(key, [...(usedBy.get(key) ?? []), name || id])
    }
  }
  return usedBy
}

function matrixOf(models: readonly ShelfModel[]): Compatibility[] {
  const present = models.filter(({ state }) => state === 'present')
  return present.flatMap((a, i) =>
    present.slice(i + 1).map((b) => {
      const { merge, mix, align, draft } = judgePair(a, b)
      return { a: a.name, b: b.name, merge, mix, align, draft }
    }),
  )
}

/** An uploaded model streams beside its final place and is registered there after the checks; nothing unsound stays. */
export async function receiveModel(house: House, name: string, body: NodeJS.ReadableStream): Promise<ModelCard> {
  const path = await house.shelf.pathFor(name)
  const part = join(house.shelf.modelsFolder, `.upload-${house.newId('u')}.part`)
  try {
    await pipeline(body, judgedByFirstBytes(16, judgeModel(name)), createWriteStream(part, { flags: 'wx' }))
    await settle(part, path)
    const model = await house.shelf.register({ path, origin: 'imported' })
    if (!weightFiles(model.path).includes(path)) await rm(path, { force: true })
    house.broadcast('models.changed', {})
    return presentCard(house, model, new Map())
  } catch (thrown) {
    await rm(part, { force: true })
    await rm(path, { force: true })
    throw thrown
  }
}

/** A single file that comes over HTTP is a GGUF, by its first bytes; gigabytes of anything else are not waited for. */
const judgeModel =
  (name: string) =>
  (head: Uint8Array): void => {
    if (isGguf(head)) return
    // a safetensors file: the length of its header, then JSON
    if (head[8] === 0x7b)
      throw new TributaryError(
        'file-format',
        `${name} is one file of a checkpoint, which needs its config.json and tokenizer.json beside it.`,
        {
          hint: 'Add its folder on the machine where this runs: tributary models add FOLDER.',
        },
      )
    throw notAModelFile(name, head)
  }
