import { type Job, jobId, type OpenQueue } from './queue'

/** The queue of one machine: a list, and so many at work at once as the person says. */
export const openInProcess: OpenQueue = async (_batch, perform, events, initial) => {
  const waiting: Job[] = []
  const live = new Set<string>()
  const atWork = new Set<Promise<void>>()
  const stopping = new AbortController()
  let concurrency = initial
  let paused = false

  const work = async (job: Job): Promise<void> => {
    events.onStarted(job)
    await perform(job, stopping.signal)
    live.delete(jobId(job))
    events.onSettled(job)
  }
  const fill = (): void => {
    while (!paused && !stopping.signal.aborted && atWork.size < concurrency) {
      const job = waiting.shift()
      if (!job) return
      const done = work(job).finally(() => {
        atWork.delete(done)
        fill()
      })
      atWork.add(done)
    }
  }

  return {
    async add(jobs) {
      for (const job of jobs) {
        if (live.has(jobId(job))) continue
        live.add(jobId(job))
        waiting.push(job)
      }
      fill()
    },
    live: async () => live,
    concurrency: () => concurrency,
    setConcurrency(count) {
      concurrency = count
      fill()
    },
    async pause() {
      paused = true
    },
    async resume() {
      paused = false
      fill()
    },
    async stop() {
      stopping.abort()
      for (const job of waiting.splice(0)) live.delete(jobId(job))
      while (atWork.size > 0) await Promise.all(atWork)
    },
  }
}
