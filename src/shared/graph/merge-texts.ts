import type { ErrorReport } from '../errors'
import { serializeGraph } from './canonical'
import { GRAPH_FORMAT, GRAPH_VERSION } from './document'
import { loadGraph } from './load'
import { type Conflict, merge3 } from './merge3'
import type { NodeSpecs } from './specs'

export type MergedTexts =
  | { readonly ok: true; readonly text: string; readonly conflicts: readonly Conflict[] }
  | { readonly ok: false; readonly error: ErrorReport }

/**
 * The work of a git merge driver, text in and text out. A file that does not open refuses the merge by name, so that git falls back to its own and nothing is lost.
 * With conflicts the text is still a whole graph (ours stands); the driver says them and exits with 1, as git expects.
 */
export function mergeTexts(
  texts: { readonly base: string; readonly ours: string; readonly theirs: string },
  specs?: NodeSpecs,
): MergedTexts {
  const options = specs ? { specs } : {}
  const ours = loadGraph(texts.ours, { ...options, file: 'ours' })
  if (!ours.ok) return ours
  // Git gives an empty base when both sides added the file: then they began with an empty graph.
  const { id, name } = ours.document
  const empty = { format: GRAPH_FORMAT, version: GRAPH_VERSION, id, name }
  const base = loadGraph(texts.base.trim() === '' ? empty : texts.base, { ...options, file: 'base' })
  if (!base.ok) return base
  const theirs = loadGraph(texts.theirs, { ...options, file: 'theirs' })
  if (!theirs.ok) return theirs
  const { document, conflicts } = merge3(base.document, ours.document, theirs.document)
  return { ok: true, text: serializeGraph(document), conflicts }
}
