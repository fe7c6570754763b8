import type { Pushes, PushTopic, RunPlan, TemplateReport } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { BatchRoom } from '../batch'
import type { Executor, RunHandle, RunRequest } from '../executor'
import type { ModelsInMemory } from '../models/in-memory'
import type { Puller } from '../models/library/pull'
import type { Shelf, ShelfModel } from '../models/library/shelf'
import type { WatchedFolders } from '../models/library/watched-folders'
import type { ResourceRoom } from '../resources'
import type { Store } from '../store'
import type { OwnedWeightsRuntime } from '../weights/runtime'

/** The rooms that the handlers work with; `app.ts` builds each once. */
export interface House {
  readonly store: Store
  readonly specs: NodeSpecs
  readonly executor: Executor
  readonly batches: BatchRoom
  readonly activeRuns: Map<string, RunHandle>
  readonly shelf: Shelf
  /** folders of the person that the library watches */
  readonly watched: WatchedFolders
  readonly resources: ResourceRoom
  readonly weights: Pick<OwnedWeightsRuntime, 'survey' | 'histogram'>
  readonly roots: readonly string[]
  /** only a window with a person in front of it can open dialogs */
  readonly dialogs?: HouseDialogs
  readonly newId: (prefix: string) => string
  readonly template: (id: string, real: boolean) => Promise<GraphDocument>
  readonly planRun: (request: RunRequest) => Promise<RunPlan>
  readonly puller: Puller
  /** looks up the document's models before a run; throws `model-unknown` where one was never loaded here and nobody accepted it */
  readonly prepareRun: (document: GraphDocument) => Promise<void>
  /** where models run, by the settings: `cpu`, `cuda`, …, or `auto` */
  readonly device: () => string
  /** models in memory, and the freeing of one */
  readonly memory: Pick<ModelsInMemory, 'loaded' | 'unload'>
  readonly isLoaded: (model: string) => boolean
  /** its chat template; throws `not-found` */
  readonly templateOf: (sha256: string) => Promise<TemplateReport>
  /** its first load asks a person */
  readonly isStranger: (model: ShelfModel) => boolean
  /** Whoever opens a graph with models will soon run it: the process that holds them may start now. */
  readonly warmModels: () => void
  /** what the model host depends on has changed */
  readonly onSettings: () => void
  /** a window that is open now, by the name that its calls carry */
  readonly isConnected: (client: string) => boolean
  broadcast<T extends PushTopic>(topic: T, payload: Pushes[T]): void
}

export interface HouseDialogs {
  pickModel(): Promise<string | null>
  pickFolder(): Promise<string | null>
  pickResource(accepts: readonly ('folder' | 'file' | 'dataset')[]): Promise<string | null>
}
