import { createStore } from 'zustand/vanilla'
import type {
  Compatibility,
  GraphCard,
  LibraryEntry,
  ModelCard,
  PullProgress,
  ResourceCard,
  Settings,
  SystemInfo,
  TemplateCard,
} from '../../shared/api'
import { type NodeSpecs, specsByType } from '../../shared/graph/specs'
import type { Client } from '../api/client'

/** What the house offers: node kinds, templates, models, data, graphs, settings. Read through the API, refreshed when the house says so. */
export interface Catalog {
  readonly specs: NodeSpecs
  readonly templates: readonly TemplateCard[]
  readonly graphs: readonly GraphCard[]
  /** published subgraphs */
  readonly library: readonly LibraryEntry[]
  readonly models: readonly ModelCard[]
  readonly matrix: readonly Compatibility[]
  /** names of the published systems by id; fetched where one is first told */
  readonly systemNames: ReadonlyMap<string, string>
  readonly pulls: Readonly<Record<string, PullProgress>>
  readonly resources: readonly ResourceCard[]
  readonly system: SystemInfo | undefined
  /** what models take of the memory now */
  readonly modelBytes: number
  readonly settings: Settings | undefined
  readonly ready: boolean
}

export type CatalogStore = ReturnType<typeof createCatalogStore>

export const createCatalogStore = () =>
  createStore<Catalog>(() => ({
    specs: new Map(),
    templates: [],
    graphs: [],
    library: [],
    models: [],
    matrix: [],
    systemNames: new Map(),
    pulls: {},
    resources: [],
    system: undefined,
    modelBytes: 0,
    settings: undefined,
    ready: false,
  }))

/** First what the canvas cannot do without, then the rest; each part that fails leaves the others alone and is reported. */
export async function loadCatalog(client: Client, catalog: CatalogStore, report: (error: unknown) => void): Promise<void> {
  const set = catalog.setState
  const essential = [
    client.call('catalog.specs').then((specs) => set({ specs: specsByType(specs) })),
    client.call('settings.get').then((settings) => set({ settings })),
    client.call('graphs.list').then((graphs) => set({ graphs })),
    client.call('templates.list').then((templates) => set({ templates })),
  ]
  const rest = [
    client.call('library.list').then((library) => set({ library })),
    client.call('system.info').then((system) => set({ system })),
    client.call('models.list').then((models) => set({ models })),
    client.call('resources.list').then((resources) => set({ resources })),
    client.call('models.loaded').then((loaded) => set({ modelBytes: loaded.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) })),
  ]
  await Promise.all(essential.map((part) => part.catch(report)))
  set({ ready: true })
  await Promise.all(rest.map((part) => part.catch(report)))
}

export function listenToHouse(client: Client, catalog: CatalogStore, report: (error: unknown) => void): () => void {
  const set = catalog.setState
  const refreshModels = () => client.call('models.list').then((models) => set({ models, matrix: [] }), report)
  const ends = [
    client.on('graph.listChanged', () => {
      void client.call('graphs.list').then((graphs) => set({ graphs }), report)
      void client.call('library.list').then((library) => set({ library }), report)
    }),
    client.on('models.changed', () => void refreshModels()),
    client.on('models.memory', ({ bytes }) => set({ modelBytes: bytes })),
    client.on('models.pull', (progress) => {
      const over = progress.state === 'done' || progress.state === 'cancelled'
      set((state) => {
        const { [progress.id]: _, ...others } = state.pulls
        return { pulls: over ? others : { ...others, [progress.id]: progress } }
      })
      if (over) void refreshModels()
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}

export const refreshResources = (client: Client, catalog: CatalogStore): Promise<void> =>
  client.call('resources.list').then((resources) => catalog.setState({ resources }))
