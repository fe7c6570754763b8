import type { PullProgress } from './api-models'
import type { BatchNews } from './batch/api'
import type { ErrorReport } from './errors'
import type { Diff } from './graph/diff'
import type { RunEvent } from './run/events'

/** What the house tells windows by itself. */
export interface Pushes {
  'run.events': { readonly run: string; readonly events: readonly RunEvent[] }
  'run.listChanged': { readonly graph: string }
  'batch.news': BatchNews
  'batch.listChanged': Record<string, never>
  /** another window edited this graph */
  'graph.changed': { readonly id: string; readonly revision: number; readonly diff: Diff; readonly by: string }
  'graph.listChanged': Record<string, never>
  'graph.versionsChanged': { readonly id: string }
  /** entries of the model that a survey has read */
  'weights.progress': { readonly sha: string; readonly done: number; readonly total: number }
  'models.changed': Record<string, never>
  /** what local models take together now, whenever that changes */
  'models.memory': { readonly bytes: number }
  'models.pull': PullProgress
  'shell.command': { readonly command: string }
  /** Electron: a file was opened from the desktop or dropped on the icon */
  'shell.openText': { readonly name: string; readonly text: string }
}
export type PushTopic = keyof Pushes

export type ClientMessage = { readonly id: number; readonly method: string; readonly params: unknown }
export type ServerMessage =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorReport }
  | { readonly push: PushTopic; readonly payload: unknown }

/** Carries messages both ways: Electron's IPC, a WebSocket, or a pair of functions in a test. */
export interface Transport<Out, In> {
  send(message: Out): void
  /** returns a function that ends the listening */
  onMessage(listener: (message: In) => void): () => void
  onClose?(listener: () => void): () => void
}
