import { Worker } from 'node:worker_threads'
import { TributaryError } from '../../../shared/errors'
import type { Codec } from '../convert/codec'
import { BlockWorker } from './block-worker'
import type { FromThread, Job, JobPool, JobResult, Known, ToThread } from './job'
import type { Plan } from './plan'

/** Works in this thread, letting the event loop breathe between jobs: for tests and tiny models. */
export function inlinePool(plan: Plan, codec: Codec): JobPool {
  const worker = new BlockWorker(plan, codec)
  return {
    threads: 1,
    async run(job) {
      await new Promise((done) => setImmediate(done))
      return worker.run(job)
    },
    collect: async (job) => [worker.run(job).table].filter((table) => table !== undefined),
    tell: (known) => worker.tell(known),
    close: async () => worker.close(),
  }
}

interface Waiting {
  readonly resolve: (result: JobResult) => void
  readonly reject: (error: unknown) => void
}

interface Member {
  readonly worker: Worker
  load: number
  /** loaded, or gone: a thread that is ended while it loads native code takes the process with it */
  readonly settled: Promise<unknown>
}

/** One job runs and one waits in each thread, so that none is ever idle. */
const jobsAhead = 2

interface Threads {
  /** All later jobs are of this plan; those of the one before must be done. */
  pool(plan: Plan): JobPool
  close(): Promise<void>
}

/** The same threads for plan after plan; starting them takes longer than a small merge. What closes a pool of theirs leaves them standing; `close` ends them. */
export function standingThreads(file: string, threads: number): Threads {
  let standing: Threads | undefined
  return {
    pool(plan) {
      standing ??= startThreads(file, threads)
      return { ...standing.pool(plan), close: async () => undefined }
    },
    async close() {
      await standing?.close()
      standing = undefined
    },
  }
}

/** Works in several threads that run the entry `file` (see `src/main/merge-worker.ts`). The first failure rejects its job; a dead thread rejects all. */
export const threadPool = (file: string, plan: Plan, threads: number): JobPool => startThreads(file, threads).pool(plan)

/** Threads that start at once and wait for their plan: a merge reads its headers meanwhile. Closing a pool of theirs ends them, and `close` where none was made. */
export function startThreads(file: string, threads: number): Threads {
  // threads come and go, and with them ggml's library: without this it refuses to be loaded a second time
  process.env.GGML_NO_BACKTRACE ??= '1'
  const queue: { job: Job; waiting: Waiting }[] = []
  const waiting = new Map<number, Waiting>()
  let nextId = 0
  let broken: unknown
  const members = Array.from({ length: threads }, (): Member => {
    const worker = new Worker(file)
    const settled = new Promise((resolve) => {
      for (const event of ['message', 'error', 'exit']) worker.once(event, resolve)
    })
    return { worker, load: 0, settled }
  })

  const breakAll = (error: unknown): void => {
    broken ??= error
    for (const { reject } of [...waiting.values(), ...queue.map((item) => item.waiting)]) reject(broken)
    waiting.clear()
    queue.length = 0
  }
  const send = (member: Member, job: Job, one: Waiting): void => {
    const id = nextId++
    waiting.set(id, one)
    member.load++
    member.worker.postMessage({ type: 'job', id, job } satisfies ToThread)
  }
  const feed = (): void => {
    for (;;) {
      const member = members.reduce((least, one) => (one.load < least.load ? one : least))
      const item = member.load < jobsAhead ? queue.shift() : undefined
      if (item === undefined) return
      send(member, item.job, item.waiting)
    }
  }
  for (const member of members) {
    member.worker.on('message', (message: FromThread) => {
      if ('isReady' in message) return
      member.load--
      const one = waiting.get(message.id)
      waiting.delete(message.id)
      if ('failure' in message) one?.reject(TributaryError.fromReport(message.failure))
      else one?.resolve(message.result)
      feed()
    })
    member.worker.on('error', breakAll)
    member.worker.on('exit', (code) => breakAll(new Error(`a merge thread ended with code ${code}`)))
  }
  const close = async (): Promise<void> => {
    for (const { worker } of members) worker.removeAllListeners('exit')
    breakAll(new Error('the merge was closed'))
    await Promise.all(members.map(({ worker, settled }) => settled.then(() => worker.terminate())))
  }
  const tellAll = (message: ToThread): void => {
    for (const { worker } of members) worker.postMessage(message)
  }
  const pool: JobPool = {
    threads,
    run: (job, home) =>
      new Promise<JobResult>((resolve, reject) => {
        if (broken !== undefined) reject(broken)
        else if (home !== undefined) send(members[home % threads] as Member, job, { resolve, reject })
        else {
          queue.push({ job, waiting: { resolve, reject } })
          feed()
        }
      }),
    async collect(job) {
      const asked = members.map((member) => new Promise<JobResult>((resolve, reject) => send(member, job, { resolve, reject })))
      return (await Promise.all(asked)).flatMap(({ table }) => (table ? [table] : []))
    },
    tell: (known: Known) => tellAll({ type: 'known', known }),
    close,
  }
  return {
    pool(plan) {
      tellAll({ type: 'plan', plan })
      return pool
    },
    close,
  }
}
