import type { ErrorReport } from '../errors'
import type { Json } from '../json'
import type { WireKind } from '../wire'
import type { HeldToken } from './token-break'

/**
 * The vocabulary of a run. A run *is* this log: canvas, timeline, history, replay, command line and tests fold the same events (`fold.ts`).
 * Each event is committed before anyone sees it. `seq` counts from 0 without gaps; `t` is milliseconds since the run started.
 */
export interface EventBase {
  readonly e: 1
  readonly seq: number
  readonly t: number
  readonly run: string
}

/**
 * `node` is a path: a node id, or ids of containers and item keys down to it, joined by `/`, e.g. `map1/3/answer`.
 */
export type RunEventBody =
  | {
      readonly type: 'run.start'
      readonly graph: string
      readonly graphHash: string
      readonly inputsHash: string
      readonly seed: number
      readonly device: string
      readonly resumes?: string
    }
  /** `models`: those that the graph names, as they are on this machine; the id of a local one is the SHA-256 of its file */
  | { readonly type: 'run.plan'; readonly nodes: readonly PlannedNode[]; readonly models?: readonly PlannedModel[] }
  | {
      readonly type: 'node.queued'
      readonly node: string
      readonly waitingFor?: string
    }
  | {
      readonly type: 'node.cached'
      readonly node: string
      readonly key: string
      readonly fromRun: string
      readonly ageMs: number
      readonly reason: string
    }
  | {
      readonly type: 'node.start'
      readonly node: string
      readonly attempt: number
      readonly seed: number
      readonly reason: string
    }
  | {
      readonly type: 'model.load.start'
      readonly node: string
      readonly model: string
      readonly sizeBytes: number
    }
  | {
      readonly type: 'model.load.progress'
      readonly node: string
      readonly model: string
      readonly fraction: number
    }
  | {
      readonly type: 'model.load.end'
      readonly node: string
      readonly model: string
      readonly ms: number
      readonly memoryBytes: number
    }
  /** A text that the node gave a model to read, as the chat template made it: its SHA-256, and the model's id (of local models the SHA-256 of the file). */
  | {
      readonly type: 'model.prompt'
      readonly node: string
      readonly model: string
      readonly id: string
      readonly sha256: string
      readonly characters: number
    }
  | {
      readonly type: 'prompt.progress'
      readonly node: string
      readonly done: number
      readonly total: number
    }
  | {
      readonly type: 'token'
      readonly node: string
      readonly text: string
      readonly tokens: number
      readonly accepted: number
      readonly rejected: number
    }
  | {
      readonly type: 'node.progress'
      readonly node: string
      readonly done: number
      readonly total: number
      readonly unit: string
    }
  | {
      readonly type: 'node.output'
      readonly node: string
      readonly port: string
      readonly kind: WireKind
      readonly list: boolean
      readonly sha: string
      readonly sizeBytes: number
      readonly preview: Json
    }
  | {
      readonly type: 'node.end'
      readonly node: string
      readonly ms: number
      readonly usage: NodeUsage
    }
  /** It waits for the person: at a breakpoint, at a condition on a wire, or because the run goes step by step. */
  | { readonly type: 'break.hit'; readonly node: string; readonly reason: string }
  /** What it writes waits for the person before a token. */
  | { readonly type: 'break.token'; readonly node: string; readonly reason: string; readonly held: HeldToken }
  /** The person let it go on; `choice`: with this token instead of the one that was drawn. */
  | { readonly type: 'break.left'; readonly node: string; readonly choice?: string }
  /** These outputs have values that a person pinned; the node was not asked for them. */
  | { readonly type: 'node.pinned'; readonly node: string; readonly ports: readonly string[] }
  | {
      readonly type: 'node.skipped'
      readonly node: string
      readonly reason: string
    }
  | {
      readonly type: 'node.error'
      readonly node: string
      readonly attempt: number
      readonly error: ErrorReport
      readonly final: boolean
    }
  | {
      readonly type: 'node.retry'
      readonly node: string
      readonly attempt: number
      readonly delayMs: number
    }
  | {
      readonly type: 'item.start'
      readonly node: string
      readonly item: number
      readonly of: number
    }
  | {
      readonly type: 'item.end'
      readonly node: string
      readonly item: number
      readonly status: 'done' | 'failed' | 'skipped'
    }
  | { readonly type: 'warn'; readonly node?: string; readonly message: string }
  | {
      readonly type: 'metric'
      readonly name: string
      readonly value: number
      readonly node?: string
      /** which one of a series this is, from 1; and where a search stood when it measured it */
      readonly step?: number
      readonly point?: readonly number[]
    }
  | {
      readonly type: 'run.end'
      readonly status: RunStatus
      /** interface outputs: hash of the value; the values are in `node.output` and in the store */
      readonly outputs: {
        readonly [name: string]: {
          readonly kind: WireKind
          readonly list: boolean
          readonly sha: string
        }
      }
      readonly exit: number
      readonly error?: ErrorReport
      readonly totals: RunTotals
      /** nodes with pinned outputs, or with a token that a person chose: what came of this run is not what the graph alone gives */
      readonly pinned?: readonly string[]
    }

export type RunEvent = EventBase & RunEventBody
export type RunEventType = RunEventBody['type']
export type RunStatus = 'done' | 'failed' | 'stopped'

export interface PlannedModel {
  readonly alias: string
  readonly name: string
  readonly backend: string
  readonly id: string
}

export interface PlannedNode {
  readonly node: string
  readonly action: 'run' | 'cached' | 'skip' | 'unknown'
  readonly reason: string
}

/** Where a node's time went. `otherMs` is the rest of `ms` of `node.end`. */
export interface NodeUsage {
  readonly waitMs: number
  readonly loadMs: number
  readonly promptMs: number
  readonly decodeMs: number
  readonly promptTokens: number
  readonly reusedTokens: number
  readonly tokens: number
  readonly drafted: number
  readonly accepted: number
  readonly passes: number
  /** what the caches of all texts held at most, keys and values of every token */
  readonly kvBytes: number
  /** models, adapters and blobs that were put on disk; values in the store are counted with the outputs */
  readonly writtenBytes: number
}

export interface RunTotals {
  readonly wallMs: number
  readonly loadMs: number
  readonly promptMs: number
  readonly decodeMs: number
  readonly tokens: number
  readonly peakBytes: number
  readonly ran: number
  readonly hits: number
  /** how often a person's breakpoints or steps held it */
  readonly held?: number
  /** nodes with a token that a person chose */
  readonly guided?: readonly string[]
}

export const noUsage: NodeUsage = {
  waitMs: 0,
  loadMs: 0,
  promptMs: 0,
  decodeMs: 0,
  promptTokens: 0,
  reusedTokens: 0,
  tokens: 0,
  drafted: 0,
  accepted: 0,
  passes: 0,
  kvBytes: 0,
  writtenBytes: 0,
}
