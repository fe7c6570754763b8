import { readFile, writeFile } from 'node:fs/promises'
import { TributaryError } from '../../shared/errors'
import { mergeTexts } from '../../shared/graph/merge-texts'
import type { GlobalOptions } from './options'
import { printJson, printNote } from './output'

/**
 * Three-way merge of graph files, for use as a git merge driver: writes the result into `ours` and exits 0, or 1 when edits collide
 * (then `ours` holds the merge with our side of each collision, and the collisions are named on stderr).
 */
export async function merge3(base: string, ours: string, theirs: string, globals: GlobalOptions): Promise<number> {
  const [baseText, oursText, theirsText] = await Promise.all([base, ours, theirs].map(read))
  const merged = mergeTexts({ base: baseText ?? '', ours: oursText ?? '', theirs: theirsText ?? '' })
  if (!merged.ok) throw TributaryError.fromReport(merged.error)
  await writeFile(ours, merged.text)
  if (globals.json) printJson({ conflicts: merged.conflicts })
  else for (const conflict of merged.conflicts) printNote(`conflict: ${conflict.message}`)
  return merged.conflicts.length === 0 ? 0 : 1
}

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause) => {
    throw new TributaryError('file-unreadable', `${file} cannot be read.`, { place: { file }, cause })
  })
