import { join } from 'node:path'
import { type AcceptedTable, acceptedTable } from './accepted'
import { backupDaily } from './backup'
import { type BatchTable, batchTable } from './batches'
import { type BlobTable, blobTable } from './blobs'
import { type Collected, collect } from './collect'
import type { Database } from './database'
import { type DatasetTable, datasetTable } from './datasets'
import { type GraphTable, graphTable } from './graphs'
import { type JournalTable, journalTable } from './journal'
import { type MeasurementTable, measurementTable } from './measurements'
import { type ModelTable, modelTable } from './models'
import { openFile } from './open-file'
import { becomeOwner, forgetOwners, isAlive } from './owners'
import { type ResourceTable, resourceTable } from './resources'
import { type ResultTable, resultTable } from './results'
import { runLogTable } from './run-log'
import { type RunTable, runTable } from './runs'
import { type SettingTable, settingTable } from './settings'
import { type ValueTable, valueTable } from './values'
import { type VersionTable, versionTable } from './versions'
import { type WorkerTable, workerTable } from './workers'

export interface StoreOptions {
  /** who opens: `app`, `cli`, `serve`, `worker` */
  readonly role?: string
  readonly busyTimeoutMs?: number
  readonly now?: () => number
  /** told, in a sentence, when a damaged database was replaced by a backup */
  readonly onMessage?: (message: string) => void
  /** for tests of upgrades */
  readonly migrations?: readonly string[]
}

/** Everything that survives, one table a member. */
export interface Store {
  readonly folder: string
  /** the fencing number of this process */
  readonly fence: number
  /** runs that a dead process left and that were marked `stopped` while opening */
  readonly interrupted: readonly string[]
  readonly graphs: GraphTable
  readonly journal: JournalTable
  readonly versions: VersionTable
  readonly runs: RunTable
  readonly datasets: DatasetTable
  readonly batches: BatchTable
  readonly workers: WorkerTable
  readonly values: ValueTable
  readonly results: ResultTable
  readonly blobs: BlobTable
  readonly settings: SettingTable
  readonly resources: ResourceTable
  readonly models: ModelTable
  readonly accepted: AcceptedTable
  readonly measurements: MeasurementTable
  /** Several writes as one: all or none. `work` must not wait for anything. */
  write<T>(work: () => T): T
  /** Moves the log into the database file; call it when idle. */
  checkpoint(): void
  /** Daily backup, then collection of what the cache may no longer hold; call it when idle. */
  maintain(options?: MaintainOptions): Promise<Collected>
  close(): void
}

export interface MaintainOptions {
  readonly cacheBytes?: number
  readonly journalEntries?: number
}

const defaultCacheBytes = 2 * 1024 ** 3
const defaultJournalEntries = 5000
const deletedGraphsKeptMs = 30 * 24 * 60 * 60 * 1000
const workersKeptMs = 7 * 24 * 60 * 60 * 1000

/**
 * Opens (or begins) the store in `folder`. Several processes may have it open at once.
 * Throws `store-newer` for a folder of a newer version, `store-locked` when another process holds it for more than 1.5 s, `disk-full`, `file-unreadable`.
 */
export function openStore(folder: string, options: StoreOptions = {}): Store {
  if (folder === '') throw new TypeError('the store needs a folder')
  const { role = 'app', now = Date.now, onMessage = () => undefined, busyTimeoutMs, migrations } = options
  const fileOptions = {
    now,
    onMessage,
    ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }),
    ...(migrations === undefined ? {} : { migrations }),
  }

  return openFile(folder, fileOptions, (database) => storeOf(database, folder, role, now))
}

function storeOf(database: Database, folder: string, role: string, now: () => number): Store {
  const { connection, write } = database
  const owner = becomeOwner(database, folder, role, now())
  const { fence } = owner
  const blobs = blobTable(database, join(folder, 'blobs'), now)
  const values = valueTable(database, blobs, now)
  const results = resultTable(database, now)
  const journal = journalTable(database)
  const versions = versionTable(database, now)
  const graphs = graphTable(database, journal, now)
  const runs = runTable({
    database,
    fence,
    versions,
    log: runLogTable(database),
    values,
    results,
  })

  const datasets = datasetTable(database, now)
  const batches = batchTable(database, fence, versions, now)
  batches.stopAbandoned(now())
  const workers = workerTable(database, { fence, now, isAlive: (other) => isAlive(folder, other) })

  return {
    folder,
    fence,
    interrupted: runs.stopAbandoned(now()),
    graphs,
    journal,
    versions,
    runs,
    datasets,
    batches,
    workers,
    values,
    results,
    blobs,
    settings: settingTable(database, now),
    resources: resourceTable(database),
    models: modelTable(database),
    accepted: acceptedTable(database, now),
    measurements: measurementTable(database),
    write,
    checkpoint() {
      database.endReading()
      connection.pragma('wal_checkpoint(PASSIVE)')
    },
    async maintain({ cacheBytes = defaultCacheBytes, journalEntries = defaultJournalEntries } = {}) {
      database.endReading()
      await backupDaily(connection, join(folder, 'backups'), now())
      journal.trim(journalEntries)
      graphs.purge(now() - deletedGraphsKeptMs)
      versions.thin()
      versions.sweep(now() - deletedGraphsKeptMs)
      datasets.sweep(now() - deletedGraphsKeptMs)
      workers.forget(now() - workersKeptMs)
      forgetOwners(database)
      const collected = collect(database, blobs, { maxBytes: cacheBytes, now: now() })
      database.endReading()
      connection.pragma('wal_checkpoint(TRUNCATE)')
      return collected
    },
    close() {
      if (!connection.open) return
      database.endReading()
      if (!database.sawDamage()) owner.close()
      connection.close()
    },
  }
}

export type { BatchRow, BatchTable, NewBatch } from './batches'
export type { DatasetTable, KeptDataset } from './datasets'
export type { GraphEdit, GraphSummary, StoredGraph } from './graphs'
export type { JournalEntry } from './journal'
export type { Measurement } from './measurements'
export type { ModelRow } from './models'
export type { ResourceRow } from './resources'
export type { OutputRef, OutputRefs } from './results'
export type { NodeExec } from './run-log'
export type { RunRow } from './run-row'
export type { NewRun, RunBatch, RunEnd, RunFilter } from './runs'
export type { StoredValue } from './values'
export type { GraphVersionRow, NewVersion } from './versions'
export type { WorkerNote, WorkerRow, WorkerTable } from './workers'
