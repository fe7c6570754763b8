import { type BatchDefinition, batchDefinition } from '../../shared/batch/definition'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { JsonObject } from '../../shared/json'
import { checkBatch } from './check'
import { type BatchHandle, coordinate } from './coordinator'
import { openInProcess } from './in-process'
import type { BatchParts } from './parts'
import type { Job, OpenQueue, Perform } from './queue'
import { createRoster } from './roster'
import { createPerform, documentOf } from './work'

export interface NewBatchRequest {
  readonly document: GraphDocument
  readonly dataset: { readonly name: string; readonly columns: readonly string[]; readonly rows: readonly JsonObject[] }
  readonly definition: unknown
}

/** Batches of this process. */
export interface BatchRoom {
  /** Checks everything that can be checked, and stores it. Throws before anything is stored. */
  create(request: NewBatchRequest): Promise<string>
  /** Begins, or goes on with what is missing. */
  start(
    id: string,
    options?: { readonly concurrency?: number; readonly queue?: OpenQueue; readonly reconcileMs?: number },
  ): Promise<BatchHandle>
  /** the handle of a batch that is at work here */
  active(id: string): BatchHandle | undefined
  /** the work of one item, for a process that takes jobs of a queue */
  readonly perform: Perform
  /** This process takes items of a queue from now on, so many at once: the list of workers shows it even while it waits. */
  join(slots: number): void
  close(): Promise<void>
}

export const defaultConcurrency = 2

export function createBatches(parts: BatchParts): BatchRoom {
  const active = new Map<string, BatchHandle>()
  const starting = new Set<string>()
  const { store } = parts
  const outcome = ({ batch, item }: Job) => store.batches.outcome(batch, item)?.status
  const roster = createRoster({ table: store.workers, ...parts.worker, outcome })
  const perform = roster.watched(createPerform(parts))
  return {
    async create({ document, dataset, definition: given }) {
      const definition = parseDefinition(given)
      if (dataset.rows.length === 0)
        throw new TributaryError('data-empty', `The dataset “${dataset.name}” has no rows.`, { hint: 'Choose another one.' })
      for (const variant of checkBatch(document, definition, dataset.columns, parts.specs)) await parts.check(variant)
      const id = parts.newId('b')
      parts.store.batches.create({ id, document, dataset: parts.store.datasets.keep(dataset), rows: dataset.rows.length, definition })
      return id
    },
    async start(id, { concurrency = defaultConcurrency, queue = openInProcess, reconcileMs } = {}) {
      const there = active.get(id)
      if (there) return there
      if (starting.has(id)) throw new TributaryError('store-locked', `The batch ${id} is being started.`)
      starting.add(id)
      try {
        const { definition } = parts.store.batches.get(id)
        const document = parts.store.batches.document(id)
        for (const variant of definition.variants) await parts.check(documentOf(document, variant, parts.specs))
        const handle = await coordinate(parts, id, queue, perform, { concurrency, ...(reconcileMs === undefined ? {} : { reconcileMs }) })
        active.set(id, handle)
        void handle.done.finally(() => active.delete(id))
        return handle
      } finally {
        starting.delete(id)
      }
    },
    active: (id) => active.get(id),
    perform,
    join: roster.join,
    close: async () => {
      await Promise.all([...active.values()].map((handle) => handle.stop()))
      roster.leave()
    },
  }
}

function parseDefinition(given: unknown): BatchDefinition {
  const parsed = batchDefinition.safeParse(given)
  if (parsed.success) return parsed.data
  const first = parsed.error.issues[0]
  throw new TributaryError('usage', `The batch is not understood: ${first?.path.join('.') || 'it'}: ${first?.message ?? 'wrong'}.`)
}

export type { BatchEnd, BatchHandle, BatchListener } from './coordinator'
export { metrics } from './metrics'
export type { OpenQueue } from './queue'
export { createScores } from './scores'
export { summarise } from './summarise'
