import type { WorkerCard } from '../../shared/batch/api'
import { placeOf } from '../../shared/batch/cells'
import type { Store, WorkerRow } from '../store'

/** A living process that is not heard of for so long is busy with something else, or asleep. */
const silentMs = 8000

/** Who has to do with a batch: those that have, or brought to an end, an item of it, and those that wait at the queue while it goes. */
export function workersOf(store: Pick<Store, 'batches' | 'workers' | 'fence'>, batch: string, now: number): WorkerCard[] {
  const { definition, status } = store.batches.get(batch)
  const isGoing = status === 'running' || status === 'paused'
  return store.workers
    .list()
    .filter((row) => batch in row.settled || row.atWork.some((item) => item.batch === batch) || (isGoing && row.slots > 0 && row.alive))
    .map((row) => ({
      id: row.fence,
      kind: kindOf(row),
      here: row.fence === store.fence,
      pid: row.pid,
      machine: row.machine,
      state: stateOf(row, now),
      seenMsAgo: Math.max(0, now - row.seenAt),
      slots: row.slots,
      atWork: row.atWork
        .filter((item) => item.batch === batch)
        .map(({ item, since }) => ({ ...placeOf(item, definition.variants.length), forMs: Math.max(0, now - since) })),
      done: row.settled[batch]?.done ?? 0,
      failed: row.settled[batch]?.failed ?? 0,
    }))
}

function stateOf({ alive, leftAt, atWork, seenAt, slots }: WorkerRow, now: number): WorkerCard['state'] {
  if (leftAt !== undefined) return 'left'
  // A process that ended with nothing in hand lost nothing.
  if (!alive) return atWork.length > 0 || slots > 0 ? 'lost' : 'left'
  if (atWork.length === 0 && slots === 0) return 'waiting'
  if (now - seenAt > silentMs) return 'silent'
  return atWork.length > 0 ? 'working' : 'waiting'
}

function kindOf({ kind }: WorkerRow): WorkerCard['kind'] {
  return kind === 'worker' || kind === 'window' || kind === 'browser' ? kind : 'terminal'
}
