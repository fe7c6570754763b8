import { Worker } from 'node:worker_threads'
import type { FisherFound } from '../../node-runtime'
import type { FisherJob, FromFisherThread } from './fisher-job'

export interface FisherCall {
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Runs the job in a thread of the entry `file` (see `src/main/merge-worker.ts`); an abort ends the thread at once. */
export function fisherInThread(file: string, job: FisherJob, { signal, onProgress }: FisherCall) {
  const worker = new Worker(file, { workerData: { fisher: job } })
  const stop = (): void => void worker.terminate()
  let found: FisherFound | undefined
  return new Promise<FisherFound>((resolve, reject) => {
    signal.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: FromFisherThread) => {
      if (message.type === 'progress') onProgress(message.done, job.texts.length)
      else found = message
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (found && !signal.aborted) resolve(found)
      else reject(signal.aborted ? signal.reason : new Error(`the thread ended with code ${code}`))
    })
  }).finally(() => signal.removeEventListener('abort', stop))
}
