import type { ModelRef } from '../../shared/value'
import type { LanguageModel } from '../models/model'

/** Shows that a published system is really there: runs it, states the effect, and says whether it is the one expected. */
export interface Demonstration {
  /** id in resources/systems.json; the file has this name */
  readonly system: string
  readonly title: string
  /** the effect, with the figure it must reach */
  readonly expected: string
  /** catalogue ids of models beyond the shipped toys; without them the demonstration is skipped, and says so */
  readonly needs?: readonly string[]
  run(context: DemonstrationContext): Promise<Shown>
}

export interface Shown {
  /** one sentence with the measured figures */
  readonly effect: string
  readonly pass: boolean
  readonly figures: Readonly<Record<string, number>>
}

export interface NodeRun {
  readonly inputs?: Readonly<Record<string, unknown>>
  /** beyond the defaults of the spec */
  readonly params?: Readonly<Record<string, unknown>>
  readonly seed?: number
}

export interface DemonstrationContext {
  readonly signal: AbortSignal
  /** a model of the catalogue that is on this machine; throws `model-missing` otherwise */
  model(catalogId: string): Promise<ModelRef>
  open(model: ModelRef): Promise<LanguageModel>
  /** Runs one node of the catalog; gives its outputs. Models that it writes are taken away again at the end of the demonstration. */
  node(type: string, run: NodeRun): Promise<Record<string, unknown>>
  /** Runs one node many times at once: what the runs have models write, each by itself, is written side by side. Outputs in the order of the runs. */
  nodes(type: string, runs: readonly NodeRun[]): Promise<Record<string, unknown>[]>
  /** The first `limit` rows of a held-out set of the toys (`facts`, `math`, `copy`, `reading`, `reading-counterfactual`, `entail`, `style`, `story`). */
  evalSet(name: string, limit?: number): Promise<readonly EvalItem[]>
}

export interface EvalItem {
  readonly prompt: string
  readonly answer: string
  /** reading: the bare place */
  readonly short?: string
  readonly myth?: string
  readonly context?: readonly string[]
  readonly question?: string
  readonly difficulty?: string
  /** facts */
  readonly relation?: string
  readonly subject?: string
}

/** Keeps literal types and nothing else: a demonstration is a value. */
export const defineDemonstration = (demonstration: Demonstration): Demonstration => demonstration
