import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import type {
  CallContext,
  ClientMessage,
  Handlers,
  ModelCard,
  PullProgress,
  Pushes,
  PushTopic,
  RunCard,
  RunPlan,
  ServerMessage,
  SystemInfo,
  Transport,
} from '../shared/api'
import { TributaryError } from '../shared/errors'
import type { GraphDocument } from '../shared/graph/document'
import type { Issue } from '../shared/graph/issue'
import { specsByType } from '../shared/graph/specs'
import { validateGraph } from '../shared/graph/validate'
import { serveApi } from '../shared/rpc'
import type { ModelRef } from '../shared/value'
import type { WireKind } from '../shared/wire'
import { handlersOf } from './api/handlers'
import type { House, HouseDialogs } from './api/house'
import { listModels, presentCard, receiveModel } from './api/models'
import { type Pipeline, pipelinesOf, runPipeline } from './api/pipelines'
import { planWith } from './api/plan'
import { refuseProblems } from './api/refuse-problems'
import { cardOf } from './api/runs'
import { memoryBudgetOf, parseSettings } from './api/settings-schema'
import { loadTemplate } from './api/templates'
import { createBatches } from './batch'
import { queueKey } from './batch/queue-key'
import { derivedFiles } from './derived-files'
import { createExecutor, type RunHandle, type RunOutcome, type RunRequest } from './executor'
import { hostEntry, mergeWorkerEntry, resourcesFolder } from './folders'
import { createModelAccess } from './model-access'
import { createModelsInMemory } from './models/in-memory'
import { type Added, addToShelf } from './models/library/add'
import { loadCatalogue } from './models/library/catalogue'
import { createPuller } from './models/library/pull'
import { asError, resolveAlias } from './models/library/resolve'
import { createShelf } from './models/library/shelf'
import { watchLibrary } from './models/library/watch'
import { createWatchedFolders } from './models/library/watched-folders'
import { createModelPool, type OwnedModelPool } from './models/pool'
import { createCatalog } from './nodes/catalog'
import { plainNode } from './plain-node'
import { prepareFolders } from './prepare-folders'
import { createResources } from './resources'
import { openStore } from './store'
import { systemInfo } from './system-info'
import type { DemonstrationRooms } from './systems/context'
import { VERSION } from './version'
import { createWeightsRuntime } from './weights/runtime'

/** The house: every room is built once and handed what it needs. Doors (window, browser, terminal) only open it. */
export interface App {
  readonly handlers: Handlers
  readonly house: House
  readonly pool: OwnedModelPool
  /** the caller that commands of the terminal are */
  readonly terminal: CallContext
  /** A window or a browser tab. Returns how it leaves. */
  connect(transport: Transport<ServerMessage, ClientMessage>, client: string): () => void
  pullModel(id: string, signal: AbortSignal, onProgress: (progress: PullProgress) => void): Promise<ModelCard>
  upload(file: { name: string; as: 'model' | 'resource'; body: NodeJS.ReadableStream }): Promise<unknown>

  startRun(request: RunRequest): Promise<RunHandle>
  /** Continues an interrupted run; finished nodes are not run again. */
  resumeRun(run: string): Promise<RunHandle>
  planRun(request: RunRequest): Promise<RunPlan>
  /** the person trusts every model that the graph names */
  acceptModels(document: GraphDocument): Promise<void>
  validate(document: GraphDocument): Promise<readonly Issue[]>
  template(id: string, real: boolean): Promise<GraphDocument>
  addModel(path: string): Promise<ModelCard>
  /** a file, a checkpoint, or every model of a folder; of a folder, what is unsound is listed */
  addModels(path: string, signal: AbortSignal): Promise<{ models: readonly ModelCard[]; refused: Added['refused'] }>
  localModels(): Promise<readonly ModelRef[]>
  runCard(run: string): Promise<RunCard>
  readInput(path: string, type: WireKind): Promise<unknown>
  pipelines(): Promise<readonly Pipeline[]>
  runPipeline(
    pipeline: Pipeline,
    inputs: Record<string, unknown>,
    call: { signal: AbortSignal; seed?: number },
  ): Promise<{ text: string; tokens: number }>
  /** the secret that signs jobs of this data folder's queues */
  queueKey(): string
  /** what demonstrations of published systems work with */
  demonstrationRooms(): DemonstrationRooms
  close(): Promise<void>
}

export interface AppOptions {
  readonly door: SystemInfo['door'] | 'terminal'
  /** data folder; absent: TRIBUTARY_HOME, else that of the system */
  readonly home?: string
  readonly device?: string
  readonly memoryBudgetBytes?: number
  readonly threads?: number
  readonly roots?: readonly string[]
  readonly dialogs?: HouseDialogs
  readonly onMessage?: (message: string) => void
}

export type { Pipeline, RunHandle, RunOutcome, RunRequest }

export async function openApp(options: AppOptions): Promise<App> {
  const folders = await prepareFolders(options.home)
  const store = openStore(folders.store, { role: options.door, ...(options.onMessage ? { onMessage: options.onMessage } : {}) })
  const toys = join(resourcesFolder(), 'toys')
  const watched = createWatchedFolders({ settings: store.settings, own: [folders.models, toys] })
  const shelf = createShelf({
    modelsFolder: folders.models,
    shippedFolder: toys,
    watched: watched.list,
    table: store.models,
    catalogue: await loadCatalogue(join(resourcesFolder(), 'models.json')),
  })
  const clients = new Set<CallContext>()
  const broadcast = <T extends PushTopic>(topic: T, payload: Pushes[T]) => {
    for (const client of clients) client.push(topic, payload)
  }
  const puller = createPuller({ shelf, downloadsFolder: folders.downloads, onProgress: (progress) => broadcast('models.pull', progress) })
  const settings = () => {
    const stored = parseSettings(store.settings.all())
    return {
      ...stored,
      device: options.device && options.device !== 'auto' ? options.device : stored.device,
      threads: options.threads ?? stored.threads,
      memoryBudgetBytes: options.memoryBudgetBytes ?? memoryBudgetOf(stored),
    }
  }
  const access = createModelAccess({ shelf, store, settings })
  const pool = createModelPool({
    host: { entry: hostEntry(), execPath: plainNode() },
    settings: { ...access.hostSettings(), derivedFolder: folders.derived },
    // a candidate of a search is lent by the merge runtime and is in no library
    resolve: async (ref) => {
      memory.used(ref.id)
      const path = weights.candidatePath(ref.id)
      return path === undefined ? access.runnable(ref) : { path }
    },
    servers: access.servers,
    onLoad: access.noteLoad,
    onMemory: (models) => {
      access.noteMemory(models)
      broadcast('models.memory', { bytes: models.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) })
    },
  })
  const memory = createModelsInMemory(pool.local, () => settings().unloadAfterMinutes * 60_000)
  const resources = createResources({ table: store.resources, samplesFolder: join(resourcesFolder(), 'samples'), dataFolder: folders.root })
  const weights = createWeightsRuntime({
    entry: mergeWorkerEntry(),
    resolve: access.path,
    outputFolder: folders.models,
    derived: derivedFiles(folders.derived),
    onReturn: memory.unload,
    register: async (path, { name, recipe, hashes }) => {
      const { ref } = await shelf.register({ path, origin: 'written', name, recipe, hashes })
      broadcast('models.changed', {})
      return ref
    },
    keep: async (path, name) => (await resources.addPath(path, 'file', name)).id,
  })
  const catalog = createCatalog()
  const specs = specsByType(catalog.specs())
  const executor = createExecutor({
    catalog,
    store,
    models: access.forExecutor(pool),
    resources,
    weights,
    runtimeClass: access.runtimeClass,
    device: access.device,
  })

  const prepareRun = async (document: GraphDocument): Promise<void> => {
    await access.prepare(document)
    access.askFirst(document)
  }
  const startRun = async (request: RunRequest): Promise<RunHandle> => {
    await prepareRun(request.document)
    return executor.start(request)
  }
  const newId = (prefix: string): string => `${prefix}_${randomBytes(6).toString('hex')}`
  const batches = createBatches({
    store,
    specs,
    newId,
    startRun,
    worker: { kind: options.door, pid: process.pid, machine: hostname() },
    check: async (document) => {
      refuseProblems(document, validateGraph(document, specs, { library: await listModels(house) }))
      await prepareRun(document)
    },
  })
  const house: House = {
    batches,
    store,
    specs,
    executor,
    activeRuns: new Map(),
    shelf,
    watched,
    puller,
    resources,
    weights,
    roots: (options.roots ?? []).map((root) => resolve(root)),
    ...(options.dialogs ? { dialogs: options.dialogs } : {}),
    newId,
    template: (id, real) => loadTemplate(id, real),
    planRun: async (request) => {
      await access.prepare(request.document)
      return planWith(house, request, settings().memoryBudgetBytes)
    },
    prepareRun,
    isStranger: access.isStranger,
    templateOf: async (sha256) => {
      const model = await shelf.find(sha256)
      if (!model) throw new TributaryError('not-found', `No model on this machine has the hash ${sha256.slice(0, 12)}….`)
      return pool.local.template({ ref: model.ref, path: await shelf.runnable(model) }, { signal: new AbortController().signal })
    },
    device: access.device,
    memory,
    isLoaded: (model) => pool.local.isLoaded(model),
    warmModels: () => pool.local.host.warm(),
    onSettings: () => pool.configure(access.hostSettings()),
    isConnected: (client) => [...clients].some((other) => other.client === client),
    broadcast,
  }
  const handlers = handlersOf(house, {
    'system.info': () =>
      systemInfo({
        door: options.door,
        dataFolder: folders.root,
        roots: house.roots,
        budget: settings().memoryBudgetBytes,
        device: access.device(),
      }),
    about: () => ({ app: VERSION, platform: process.platform, device: access.device(), exportedAt: new Date().toISOString() }),
  })
  const library = watchLibrary({ trace: shelf.trace, onChange: () => broadcast('models.changed', {}) })
  // What fails once is made up by the next time.
  const every = (seconds: number, work: () => Promise<unknown>) =>
    setInterval(() => void work().catch(() => undefined), seconds * 1000).unref()
  const chores = [every(30, memory.freeIdle), every(3600, () => store.maintain()), every(2, async () => clients.size > 0 && library.look())]

  return {
    handlers,
    house,
    pool,
    terminal: { client: 'terminal', push: () => undefined },
    connect: (transport, name) => {
      const served = serveApi(transport, handlers, name)
      clients.add(served)
      void library.look().catch(() => undefined) // what comes after this is news to the window
      return () => {
        clients.delete(served)
        served.close()
      }
    },
    upload: ({ name, as, body }) => (as === 'model' ? receiveModel(house, name, body) : resources.addStream(name, body)),
    startRun,
    resumeRun: async (run) => {
      await prepareRun(store.runs.document(run))
      return executor.resume(run)
    },
    planRun: house.planRun,
    acceptModels: async (document) => {
      await access.prepare(document)
      for (const { sha256 } of access.strangersOf(document)) store.accepted.add('model', sha256)
    },
    validate: async (document) => validateGraph(document, specs, { library: await listModels(house) }),
    template: house.template,
    pullModel: async (id, signal, onProgress) => presentCard(house, await puller.pull(id, { signal, onProgress }), new Map()),
    addModel: async (path) => presentCard(house, await shelf.register({ path, origin: 'imported' }), new Map()),
    addModels: async (path, signal) => {
      const { models, refused } = await addToShelf(shelf, path, signal)
      return { models: models.map((model) => presentCard(house, model, new Map())), refused }
    },
    localModels: async () => (await shelf.list()).filter(({ state }) => state === 'present').map(({ ref }) => ref),
    runCard: async (run) => cardOf(store.runs.get(run)),
    readInput: (path, type) => resources.readInput(resolve(path), type),
    pipelines: async () => pipelinesOf(house),
    runPipeline: (pipeline, inputs, call) => runPipeline(house, startRun, pipeline, inputs, call),
    queueKey: () => queueKey(store.folder),
    demonstrationRooms: () => ({
      catalog,
      models: pool,
      weights,
      resolve: async (id) => {
        const found = await resolveAlias(shelf, { catalog: id }, id)
        if (!found.ok) throw asError(found)
        return found.ref
      },
      discard: async (model) => {
        await memory.unload(model.id)
        await shelf.remove(model.id)
      },
    }),
    close: async () => {
      for (const chore of chores) clearInterval(chore)
      await batches.close()
      for (const handle of house.activeRuns.values()) handle.stop()
      await Promise.all([...house.activeRuns.values()].map(({ done }) => done))
      await Promise.all([pool.close(), weights.close()])
      store.close()
    },
  }
}
