import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { OutlineToken, TraceOutline } from '../../shared/trace/trace'
import { letterOf, nameOf } from './export'
import { rowOf, rowStarts, shown, step } from './rows'

const rowHeight = 30

interface ChipsProps {
  readonly outline: TraceOutline
  readonly label: string
  readonly selected: number | undefined
  /** tokens that a search means; absent: all */
  readonly matching: ReadonlySet<number> | undefined
  /** the first token that differs from the other branch */
  readonly difference: number | undefined
  onSelect(token: number): void
  onHover(token: number | undefined): void
}

/** The text as chips, line by line; only lines on screen are drawn. Arrow keys walk, Home and End jump. */
export function TokenChips({ outline, label, selected, matching, difference, onSelect, onHover }: ChipsProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const measure = useMeasure(scroller)
  const { tokens, sources } = outline
  const starts = useMemo(() => rowStarts(tokens, measure), [tokens, measure])
  const rows = useVirtualizer({
    count: starts.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  })
  useEffect(() => {
    if (selected !== undefined && selected < tokens.length) rows.scrollToIndex(rowOf(starts, selected))
  }, [rows, starts, selected, tokens.length])
  useFocusFollows(scroller, selected)
  const walk = (event: KeyboardEvent) => {
    const next = event.ctrlKey || event.metaKey || event.altKey ? undefined : step(starts, tokens.length, selected ?? 0, event.key)
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    onSelect(next)
  }
  return (
    <div
      className="token-scroll"
      ref={scroller}
      role="toolbar"
      aria-label={label}
      aria-orientation="horizontal"
      onKeyDown={walk}
      onPointerLeave={() => onHover(undefined)}
    >
      <div className="token-lines" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const start = starts[row.index] ?? 0
          return (
            <div key={row.key} className="token-line" style={{ transform: `translateY(${row.start}px)` }}>
              {lineOf(tokens, start, starts[row.index + 1]).map(({ index, token }) => (
                <Chip
                  key={index}
                  token={token}
                  index={index}
                  source={nameOf(sources, token.decidedBy)}
                  isOne={sources.length < 2}
                  isSelected={selected === index}
                  isReached={selected === undefined ? index === 0 : selected === index}
                  isFaint={matching !== undefined && !matching.has(index)}
                  isDifference={difference === index}
                  onSelect={onSelect}
                  onHover={onHover}
                />
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

const lineOf = (tokens: readonly OutlineToken[], start: number, end = tokens.length) =>
  tokens.slice(start, end).map((token, place) => ({ index: start + place, token }))

interface ChipProps extends Pick<ChipsProps, 'onSelect' | 'onHover'> {
  readonly token: OutlineToken
  readonly index: number
  readonly source: string
  readonly isOne: boolean
  readonly isSelected: boolean
  readonly isReached: boolean
  readonly isFaint: boolean
  readonly isDifference: boolean
}

const Chip = memo(function Chip({
  token,
  index,
  source,
  isOne,
  isSelected,
  isReached,
  isFaint,
  isDifference,
  onSelect,
  onHover,
}: ChipProps) {
  const isGiven = token.origin === 'prefix'
  const said = [
    `“${shown(token.text)}”, token ${index + 1}`,
    isGiven ? 'given' : isOne ? undefined : `decided by ${source}`,
    token.origin === 'draft' ? 'drafted and accepted' : undefined,
    token.rejected.length > 0 ? `instead of the drafted “${token.rejected.map(shown).join('')}”` : undefined,
    token.disagree ? 'sources disagree' : undefined,
    isDifference ? 'first difference' : undefined,
  ]
  const marks = `${isGiven || isOne ? '' : letterOf(token.decidedBy)}${token.origin === 'draft' ? '✓' : ''}${token.disagree ? '≠' : ''}`
  return (
    <>
      {placed(token.rejected).map(({ key, text }) => (
        <del key={key} className="token-rejected" title="Drafted and refused">
          {shown(text)}
        </del>
      ))}
      <button
        type="button"
        className="token"
        data-testid={`token-${index}`}
        data-source={isGiven || isOne ? undefined : Math.min(token.decidedBy, 5)}
        data-origin={token.origin}
        data-faint={isFaint || undefined}
        data-difference={isDifference || undefined}
        data-marks={marks === '' ? undefined : marks}
        aria-pressed={isSelected}
        aria-label={said.filter(Boolean).join(', ')}
        tabIndex={isReached ? 0 : -1}
        onClick={() => onSelect(index)}
        onPointerEnter={() => onHover(index)}
        onFocus={() => onHover(undefined)}
      >
        {shown(token.text)}
      </button>
    </>
  )
})

/** Refused tokens have no identity but their place. */
const placed = (texts: readonly string[]) => texts.map((text, place) => ({ key: `#${place}`, text }))

/** The width of the column, and of one character as it is drawn. */
function useMeasure(scroller: React.RefObject<HTMLDivElement | null>): { readonly width: number; readonly character: number } {
  const [measure, setMeasure] = useState({ width: 600, character: 7.6 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const probe = document.createElement('span')
    probe.className = 'token-probe'
    probe.textContent = '0'.repeat(50)
    element.append(probe)
    const character = probe.getBoundingClientRect().width / 50 || 7.6
    probe.remove()
    const look = () =>
      setMeasure((before) => (before.width === element.clientWidth - 16 ? before : { width: element.clientWidth - 16, character }))
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  return measure
}

/** While the focus is among the chips, it is on the selected one. */
function useFocusFollows(scroller: React.RefObject<HTMLDivElement | null>, selected: number | undefined): void {
  useEffect(() => {
    const element = scroller.current
    if (selected === undefined || !element?.contains(document.activeElement)) return
    const frame = requestAnimationFrame(() =>
      element.querySelector<HTMLElement>(`[data-testid="token-${selected}"]`)?.focus({ preventScroll: true }),
    )
    return () => cancelAnimationFrame(frame)
  }, [scroller, selected])
}
