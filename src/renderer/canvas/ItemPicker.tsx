import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useStore } from 'zustand'
import { useRun, useSession } from '../state/hooks'
import { chooseItem, itemOf } from '../state/items'

const mostMarks = 60

/** Which item of a Map, or turn of a Loop, is looked at: everything inside shows its values. A mark for each item tells how it went; its shape and its name do so too. */
export function ItemPicker({ container, word }: { container: string; word: string }) {
  const session = useSession()
  const items = useStore(session.items)
  const found = useRun((run) => (Object.hasOwn(run.state.nodes, container) ? run.state.nodes[container]?.items : undefined))
  const item = useRun((run) => itemOf(items, run.state.nodes, container))
  if (!found || item === undefined) return null
  const choose = (next: number) => chooseItem(session.items, container, Math.max(0, Math.min(found.of - 1, next)))
  return (
    <div className="item-picker nodrag nopan" data-testid={`items-${container}`}>
      <button
        type="button"
        className="btn quiet icon small"
        aria-label={`Previous ${word}`}
        disabled={item === 0}
        onClick={() => choose(item - 1)}
      >
        <ChevronLeft />
      </button>
      <span className="item-number" aria-live="polite">{`${word} ${item + 1} of ${found.of}`}</span>
      <button
        type="button"
        className="btn quiet icon small"
        aria-label={`Next ${word}`}
        disabled={item >= found.of - 1}
        onClick={() => choose(item + 1)}
      >
        <ChevronRight />
      </button>
      {found.of <= mostMarks ? (
        <span className="item-marks">
          {Array.from({ length: found.of }, (_, i) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is what an item is known by
              key={i}
              type="button"
              tabIndex={-1}
              className={
                i === item ? `item-mark is-${found.states[i] ?? 'waiting'} is-chosen` : `item-mark is-${found.states[i] ?? 'waiting'}`
              }
              aria-label={`${word} ${i + 1}: ${found.states[i] ?? 'waiting'}`}
              onClick={() => choose(i)}
            />
          ))}
        </span>
      ) : null}
    </div>
  )
}
