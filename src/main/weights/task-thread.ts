import { Worker } from 'node:worker_threads'
import { type ErrorReport, TributaryError } from '../../shared/errors'
import type { ExtractFound, FisherFound } from '../node-runtime'
import type { ExtractJob } from './adapters/extract'
import type { FisherJob } from './gradients/fisher-job'

/** Long computations over a whole model, each in a thread of its own: what is asked, and what comes back. */
export interface Tasks {
  readonly fisher: { readonly job: FisherJob; readonly found: FisherFound }
  readonly extract: { readonly job: ExtractJob; readonly found: ExtractFound }
}
export type TaskName = keyof Tasks

export type AnyTask = { [Name in TaskName]: { readonly task: Name; readonly job: Tasks[Name]['job'] } }[TaskName]

export type FromTask =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly found: unknown }
  | { readonly type: 'failed'; readonly failure: ErrorReport }

export interface TaskCall {
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Runs the task in a thread of the entry `file` (see `src/main/merge-worker.ts`); an abort ends the thread at once. */
export function runTask<Name extends TaskName>(
  file: string,
  task: Name,
  job: Tasks[Name]['job'],
  { signal, onProgress }: TaskCall,
): Promise<Tasks[Name]['found']> {
  const worker = new Worker(file, { workerData: { task, job } })
  const stop = (): void => void worker.terminate()
  let last: FromTask | undefined
  return new Promise<Tasks[Name]['found']>((resolve, reject) => {
    signal.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: FromTask) => {
      if (message.type === 'progress') onProgress(message.done, message.total)
      else last = message
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (signal.aborted) reject(signal.reason)
      else if (last?.type === 'done') resolve(last.found as Tasks[Name]['found'])
      else reject(last?.type === 'failed' ? TributaryError.fromReport(last.failure) : new Error(`the thread ended with code ${code}`))
    })
  }).finally(() => signal.removeEventListener('abort', stop))
}
