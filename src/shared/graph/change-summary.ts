import { isJsonObject } from '../json'
import type { GraphDocument } from './document'
import { type SemanticChange, semanticDiff } from './semantic-diff'
import type { NodeSpecs } from './specs'

/** What is new, in one line for a list of versions: the first things that changed, then how many more there are. Empty when nothing changed in meaning. */
export function summariseChanges(changes: readonly SemanticChange[], longest = 2): string {
  const told = changes.slice(0, longest).map(inShort)
  const more = changes.length - told.length
  return told.length === 0 ? '' : `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

/** Of two documents. Where they differ in layout alone it says so. */
export function summariseDocuments(before: GraphDocument, after: GraphDocument, specs: NodeSpecs): string {
  const summary = summariseChanges(semanticDiff(before, after, specs))
  return summary === '' && JSON.stringify(before) !== JSON.stringify(after) ? 'moved, nothing else' : summary
}

const longestPart = 90

function inShort(change: SemanticChange): string {
  const place = change.scope === undefined ? '' : `${change.scope}: `
  const text = change.kind === 'changed' ? change.sentence : `${change.kind === 'added' ? '+' : '−'} ${change.what} ${nameOf(change)}`
  const line = `${place}${text}`
  return line.length > longestPart ? `${line.slice(0, longestPart - 1)}…` : line
}

function nameOf({ what, name, from, to }: SemanticChange): string {
  const value = to ?? from
  if (what !== 'node' || value === undefined || !isJsonObject(value) || typeof value.title !== 'string') return name
  return value.title.split('\n')[0]?.trim() || name
}
