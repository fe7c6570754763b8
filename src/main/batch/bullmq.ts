import { createHmac, timingSafeEqual } from 'node:crypto'
import { Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { type Job, jobId, type OpenQueue, type Perform } from './queue'
import { assertAnswers, redisOptions } from './redis'

/**
 * The queue of several workers. Redis knows ids of items, signed with a key that only processes of one data folder have; inputs and outcomes stay in the
 * store. Whatever Redis forgets, the coordinator puts in again.
 */
export interface BullmqOptions {
  /** `redis://127.0.0.1:6379` */
  readonly address: string
  /** secret of the data folder; also keeps the queues of two folders on one Redis apart */
  readonly key: string
  readonly lockMs?: number
  readonly stalledMs?: number
}

interface JobData extends Job {
  readonly mac: string
}

const queueName = ({ key }: BullmqOptions): string => `tributary-${createHmac('sha256', key).update('queue').digest('hex').slice(0, 12)}`
const stopChannel = (options: BullmqOptions): string => `${queueName(options)}-stop`
const sign = (key: string, job: Job): string => createHmac('sha256', key).update(jobId(job)).digest('hex')
const isSigned = (key: string, { mac, ...job }: JobData): boolean => {
  const [given, wanted] = [Buffer.from(String(mac)), Buffer.from(sign(key, job))]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** A worker dies, its items go to another one: after so many deaths the item counts as deadly and fails. */
const mostDeaths = 20

export function openBullmq(options: BullmqOptions): OpenQueue {
  return async (batch, _perform, events, initial) => {
    const connection = redisOptions(options.address)
    await assertAnswers(connection)
    const queue = new Queue<JobData>(queueName(options), { connection })
    const news = new QueueEvents(queueName(options), { connection })
    const control = new Redis(connection)
    // A line that breaks is taken up again by the client; what was lost meanwhile is found in the store.
    queue.on('error', () => undefined)
    news.on('error', () => undefined)
    control.on('error', () => undefined)
    await Promise.all([queue.waitUntilReady(), news.waitUntilReady()])
    const jobOf = (id: string): Job | undefined => {
      if (!id.startsWith(`${batch}-`)) return undefined
      return { batch, item: Number(id.slice(batch.length + 1)) }
    }
    const tell = (what: (job: Job) => void) => (given: { jobId: string }) => {
      const job = jobOf(given.jobId)
      if (job) what(job)
    }
    news.on('active', tell(events.onStarted))
    news.on('completed', tell(events.onSettled))
    news.on('failed', tell(events.onSettled))
    let concurrency = initial

    return {
      async add(jobs) {
        await queue.addBulk(
          jobs.map((job) => ({
            name: 'item',
            data: { ...job, mac: sign(options.key, job) },
            opts: { jobId: jobId(job), removeOnComplete: true, removeOnFail: true },
          })),
        )
      },
      async live() {
        const found = await queue.getJobs(['wait', 'active', 'delayed', 'prioritized'])
        return new Set(found.flatMap((job) => (job?.id?.startsWith(`${batch}-`) ? [job.id] : [])))
      },
      concurrency: () => concurrency,
      setConcurrency(count) {
        concurrency = count
        void queue.setGlobalConcurrency(count).catch(() => undefined)
      },
      pause: () => queue.pause(),
      resume: () => queue.resume(),
      async stop() {
        await control.publish(stopChannel(options), batch)
        const waiting = await queue.getJobs(['wait', 'delayed', 'prioritized'])
        await Promise.all(waiting.map((job) => (job?.id?.startsWith(`${batch}-`) ? job.remove().catch(() => undefined) : undefined)))
        const until = Date.now() + 10_000
        const isAtWork = async (): Promise<boolean> => (await queue.getJobs(['active'])).some((job) => job?.id?.startsWith(`${batch}-`))
        while (Date.now() < until && (await isAtWork())) await new Promise((resolve) => setTimeout(resolve, 50))
        await queue.resume().catch(() => undefined)
        await Promise.all([news.close(), queue.close()])
        control.disconnect()
      },
    }
  }
}

export interface JoinedWorker {
  /** Finishes what is at work, takes nothing new. */
  leave(): Promise<void>
  /** Stops what is at work; another worker begins it anew. */
  abort(): void
}

/** Takes items from the queue and does them, until it is told to leave. */
export async function joinBullmq(options: BullmqOptions, perform: Perform, concurrency: number): Promise<JoinedWorker> {
  const connection = redisOptions(options.address)
  await assertAnswers(connection)
  const running = new Map<string, AbortController>()
  const control = new Redis(connection)
  control.on('error', () => undefined)
  await control.subscribe(stopChannel(options))
  control.on('message', (_, batch) => {
    for (const [id, stop] of running) if (id.startsWith(`${batch}-`)) stop.abort()
  })
  const worker = new Worker<JobData>(
    queueName(options),
    async ({ data }, _token, lost) => {
      if (!isSigned(options.key, data)) throw new UnrecoverableError('this job was not made by a process of this data folder')
      const { batch, item } = data
      const stop = new AbortController()
      const onLost = () => stop.abort()
      lost?.addEventListener('abort', onLost)
      running.set(jobId({ batch, item }), stop)
      try {
        await perform({ batch, item }, stop.signal)
      } finally {
        running.delete(jobId({ batch, item }))
        lost?.removeEventListener('abort', onLost)
      }
    },
    {
      connection,
      concurrency,
      lockDuration: options.lockMs ?? 60_000,
      stalledInterval: options.stalledMs ?? 15_000,
      maxStalledCount: mostDeaths,
    },
  )
  worker.on('error', () => undefined)
  await worker.waitUntilReady()
  return {
    leave: async () => {
      await worker.close()
      control.disconnect()
    },
    abort: () => {
      for (const stop of running.values()) stop.abort()
    },
  }
}
