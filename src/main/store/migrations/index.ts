import { sql as first } from './0001-first'
import { sql as versionsAndVerdicts } from './0002-versions-and-verdicts'
import { sql as packedEvents } from './0003-packed-events'
import { sql as batches } from './0004-batches'
import { sql as runControl } from './0005-run-control'
import { sql as compressedLogs } from './0006-compressed-logs'
import { sql as workers } from './0007-workers'
import { sql as accepted } from './0008-accepted'
import { sql as recordsByColumn } from './0009-records-by-column'

/** In order; the position + 1 is the `user_version` that it leads to. A released migration never changes: a new one follows it. */
export const migrations: readonly string[] = [
  first,
  versionsAndVerdicts,
  packedEvents,
  batches,
  runControl,
  compressedLogs,
  workers,
  accepted,
  recordsByColumn,
]
