import { useStore } from 'zustand'
import type { DiffMark } from '../../shared/graph/diff-overlay'
import type { Json } from '../../shared/json'
import { useDocument, useSession } from '../state/hooks'
import { markSigns, markWords } from './marks'
import './versions.css'

/** How a card differs while two versions are drawn as one; undefined otherwise, so that cards pay one look-up. */
export function useDiffMark(id: string): DiffMark | undefined {
  // Marks are those of the graph itself: inside a container another node may have the same id.
  const isInside = useDocument((state) => state.path.length > 0)
  return useStore(useSession().past, (past) => (isInside ? undefined : past.diff?.overlay.nodes.get(id)))
}
export const useWireMark = (id: string): 'added' | 'removed' | undefined =>
  useStore(useSession().past, (past) => past.diff?.overlay.wires.get(id))

export const diffClass = (mark: DiffMark | undefined): string => (mark ? `diff-${mark.kind}` : '')

/** On the card: the sign, the word, and what of it changed. */
export function DiffNote({ mark }: { mark: DiffMark | undefined }) {
  if (!mark) return null
  return (
    <div className="diff-note" data-testid="diff-note" data-kind={mark.kind}>
      <span className="diff-tag">
        <b aria-hidden>{markSigns[mark.kind]}</b> {markWords[mark.kind]}
      </span>
      {mark.changes.length > 0 ? (
        <ul>
          {mark.changes.slice(0, 6).map(({ name, from, to }) => (
            <li key={name}>
              <span>{name}</span>
              {from === undefined && to === undefined ? null : (
                <span className="mono">
                  <del>{show(from)}</del> → <ins>{show(to)}</ins>
                </span>
              )}
            </li>
          ))}
          {mark.changes.length > 6 ? <li>{`and ${mark.changes.length - 6} more`}</li> : null}
        </ul>
      ) : null}
    </div>
  )
}

function show(value: Json | undefined): string {
  if (value === undefined) return 'default'
  const text = typeof value === 'string' ? value.replaceAll('\n', '⏎') : JSON.stringify(value)
  return text.length > 44 ? `${text.slice(0, 42)}…` : text
}
