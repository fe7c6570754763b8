import { type Job, jobId } from '../queue'
import type { RosterTable } from '../roster'

type Note = Parameters<RosterTable['tell']>[0]

/** A table of workers that remembers what it was told, and outcomes that a test sets. */
export function fakeTable() {
  const notes: Note[] = []
  const outcomes = new Map<string, 'done' | 'failed'>()
  let left = 0
  const table: RosterTable = {
    tell: (note) => void notes.push(note),
    leave: () => void left++,
  }
  return {
    table,
    notes,
    left: () => left,
    outcomes: {
      get: (job: Job) => outcomes.get(jobId(job)),
      set: (job: Job, how: 'done' | 'failed') => void outcomes.set(jobId(job), how),
    },
  }
}
