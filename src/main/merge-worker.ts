import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { toErrorReport } from '../shared/errors'
import { lazyGgmlCodec } from './ggml-codec'
import { withFallback } from './weights/convert/codec'
import { BlockWorker } from './weights/engine/block-worker'
import type { FromThread, ToThread } from './weights/engine/job'
import type { Plan } from './weights/engine/plan'
import { type FisherJob, type FromFisherThread, runFisherJob } from './weights/gradients/fisher-job'

/**
 * A thread of a merge: gets the plan once, then jobs; or the one job of measuring Fisher information. Quantized types are converted by the ggml
 * library that node-llama-cpp ships.
 */

const port = parentPort
if (port === null) throw new Error('merge-worker runs as a worker thread only')
const codec = withFallback(lazyGgmlCodec())
function takeJobs(from: MessagePort, worker: BlockWorker): void {
  from.on('message', (message: ToThread) => {
    if (message.type === 'known') return worker.tell(message.known)
    const { id, job } = message
    try {
      const result = worker.run(job)
      from.postMessage({ id, result } satisfies FromThread, result.table ? [result.table.buffer as ArrayBuffer] : [])
    } catch (error) {
      from.postMessage({ id, failure: toErrorReport(error) } satisfies FromThread)
    }
  })
}

function measureFisher(to: MessagePort, job: FisherJob): void {
  const found = runFisherJob(job, codec, (done) => to.postMessage({ type: 'progress', done } satisfies FromFisherThread))
  to.postMessage({ type: 'done', ...found } satisfies FromFisherThread, [found.bytes.buffer])
}

// last: a thread that is ended while koffi is being set up takes the process with it
const given = workerData as { readonly plan: Plan } | { readonly fisher: FisherJob }
if ('fisher' in given) measureFisher(port, given.fisher)
else takeJobs(port, new BlockWorker(given.plan, codec))
