import './without-proto'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { toErrorReport } from '../shared/errors'
import { lazyGgmlCodec } from './ggml-codec'
import { runExtractJob } from './weights/adapters/extract'
import { withFallback } from './weights/convert/codec'
import { BlockWorker } from './weights/engine/block-worker'
import type { FromThread, ToThread } from './weights/engine/job'
import { runFisherJob } from './weights/gradients/fisher-job'
import type { AnyTask, FromTask } from './weights/task-thread'

/**
 * A thread of a merge: is given a plan, then jobs, and perhaps another plan; or one task over a whole model. Quantized types are converted by the ggml
 * library that node-llama-cpp ships.
 */

const port = parentPort
if (port === null) throw new Error('merge-worker runs as a worker thread only')
const codec = withFallback(lazyGgmlCodec())
function takeJobs(from: MessagePort): void {
  let worker: BlockWorker | undefined
  from.on('message', (message: ToThread) => {
    if (message.type === 'plan') {
      worker?.close()
      worker = new BlockWorker(message.plan, codec)
      return
    }
    if (worker === undefined) throw new Error('a merge thread was given work before its plan')
    if (message.type === 'known') return worker.tell(message.known)
    const { id, job } = message
    try {
      const result = worker.run(job)
      from.postMessage({ id, result } satisfies FromThread, result.table ? [result.table.buffer as ArrayBuffer] : [])
    } catch (error) {
      from.postMessage({ id, failure: toErrorReport(error) } satisfies FromThread)
    }
  })
  from.postMessage({ isReady: true } satisfies FromThread)
}

function doTask(to: MessagePort, given: AnyTask): void {
  const say = (message: FromTask, moved: ArrayBuffer[] = []): void => to.postMessage(message, moved)
  const tell = (done: number, total: number): void => say({ type: 'progress', done, total })
  try {
    if (given.task === 'fisher') say({ type: 'done', found: runFisherJob(given.job, codec, tell) })
    else {
      const found = runExtractJob(given.job, codec, tell)
      say({ type: 'done', found }, [found.bytes.buffer])
    }
  } catch (error) {
    say({ type: 'failed', failure: toErrorReport(error) })
  }
}

// last: a thread that is ended while koffi is being set up takes the process with it
const task = workerData as AnyTask | null
if (task) doTask(port, task)
else takeJobs(port)
