import type { RunCard } from '../../shared/api'

/** Which runs are shown; an empty text lets all through. Pure. */
export interface RunFilter {
  readonly graph: string
  readonly status: string
  /** `star`, `good`, `bad`, or a tag as `#tag` */
  readonly mark: string
}

export const noFilter: RunFilter = { graph: '', status: '', mark: '' }

export function matches(card: RunCard, { graph, status, mark }: RunFilter): boolean {
  if (graph !== '' && card.graph !== graph) return false
  if (status !== '' && card.status !== status) return false
  if (mark === '') return true
  if (mark === 'star') return card.star
  return mark.startsWith('#') ? card.tags.includes(mark.slice(1)) : card.verdict === mark
}

/** What is typed into the field of tags: words, each once, without their `#`. */
export const parseTags = (text: string): string[] =>
  [...new Set(text.split(/[\s,]+/).map((word) => word.replace(/^#/, '').slice(0, 50)))].filter(Boolean).slice(0, 20)
