import type { Job, Perform } from './queue'
import { jobId } from './queue'

/** What the roster writes; the store's table of workers fits as it is. */
export interface RosterTable {
  tell(note: {
    readonly kind: string
    readonly pid: number
    readonly machine: string
    readonly slots: number
    readonly atWork: readonly { readonly batch: string; readonly item: number; readonly since: number }[]
    readonly settled: { readonly [batch: string]: { readonly done: number; readonly failed: number } }
  }): void
  leave(): void
}

export interface RosterParts {
  readonly table: RosterTable
  readonly kind: string
  readonly pid: number
  readonly machine: string
  /** how the item ended; undefined where it was stopped */
  readonly outcome: (job: Job) => 'done' | 'failed' | undefined
  readonly now?: () => number
  readonly beatMs?: number
  /** what changes within this time is told at once */
  readonly gatherMs?: number
}

/** Says who works on what: this process, while it has an item in hand or has joined a queue. */
export interface Roster {
  /** the same work, told to the others while it goes on */
  readonly watched: (perform: Perform) => Perform
  /** This process takes items of a queue from now on. */
  join(slots: number): void
  leave(): void
}

const batchesKept = 20

export function createRoster({ table, kind, pid, machine, outcome, now = Date.now, beatMs = 2000, gatherMs = 100 }: RosterParts): Roster {
  const atWork = new Map<string, Job & { since: number }>()
  const settled = new Map<string, { done: number; failed: number }>()
  let slots: number | undefined
  let beat: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let hasTold = false

  const tell = (): void => {
    clearTimeout(soon)
    soon = undefined
    const note = {
      kind: slots === undefined ? kind : 'worker',
      pid,
      machine,
      slots: slots ?? 0,
      atWork: [...atWork.values()],
      settled: Object.fromEntries([...settled].slice(-batchesKept)),
    }
    try {
      table.tell(note)
      hasTold = true
    } catch {
      // The store is busy: the next beat says the same and more. The work itself is what must not suffer.
    }
  }
  /** Beats only while there is something to say; the last item's end is told as well, so that nothing looks lost that merely rests. */
  const changed = (): void => {
    soon ??= setTimeout(tell, gatherMs)
    const isBusy = slots !== undefined || atWork.size > 0
    if (isBusy && !beat) {
      beat = setInterval(tell, beatMs)
      beat.unref()
    } else if (!isBusy) {
      clearInterval(beat)
      beat = undefined
    }
  }

  return {
    watched: (perform) => async (job, signal) => {
      if (signal.aborted || outcome(job) !== undefined) return perform(job, signal)
      atWork.set(jobId(job), { ...job, since: now() })
      changed()
      try {
        await perform(job, signal)
      } finally {
        atWork.delete(jobId(job))
        const how = outcome(job)
        const before = settled.get(job.batch) ?? { done: 0, failed: 0 }
        settled.delete(job.batch)
        settled.set(job.batch, how === undefined ? before : { ...before, [how]: before[how] + 1 })
        changed()
      }
    },
    join(count) {
      slots = count
      changed()
    },
    leave() {
      clearInterval(beat)
      clearTimeout(soon)
      beat = soon = slots = undefined
      if (hasTold) table.leave()
    },
  }
}
