import type { IndexRef } from '../../../shared/value'
import type { Blobs } from '../../node-runtime'
import { decodeIndex } from '../../retrieval/index-bytes'
import { type OpenIndex, openIndex } from '../../retrieval/search'

/** Opening an index of many passages costs more than a query, and a list of questions asks the same one. Blobs are named by their content, so an entry is never stale. */
const opened = new Map<string, OpenIndex>()
const most = 4

export async function openStored(ref: IndexRef, blobs: Blobs): Promise<OpenIndex> {
  const known = opened.get(ref.blob)
  opened.delete(ref.blob)
  const open = known ?? openIndex(decodeIndex(await blobs.get(ref.blob)))
  opened.set(ref.blob, open)
  for (const key of opened.keys()) if (opened.size > most) opened.delete(key)
  return open
}
