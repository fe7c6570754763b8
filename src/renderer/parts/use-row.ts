import { type RefObject, useEffect, useLayoutEffect, useState } from 'react'

/** On which sides a row goes on out of sight. */
interface Hidden {
  readonly before: boolean
  readonly after: boolean
}

/**
 * A row that is longer than its place can be pushed sideways, by a wheel too; what is chosen in it stays in sight, whatever is chosen and however wide the place gets.
 * `count`: how many are in the row.
 */
export function useRow(row: RefObject<HTMLElement | null>, selector: string, chosen: unknown, count: number): Hidden {
  const [hidden, setHidden] = useState<Hidden>({ before: false, after: false })
  useEffect(() => {
    if (chosen !== undefined) reveal(row.current, selector)
  }, [row, selector, chosen])
  // biome-ignore lint/correctness/useExhaustiveDependencies: one more or less changes how long the row is
  useLayoutEffect(() => {
    const box = row.current
    if (!box) return undefined
    const look = () => {
      const before = box.scrollLeft > 1
      const after = box.scrollLeft + box.clientWidth < box.scrollWidth - 1
      setHidden((was) => (was.before === before && was.after === after ? was : { before, after }))
    }
    const resized = () => {
      reveal(box, selector)
      look()
    }
    const push = ({ deltaX, deltaY }: WheelEvent) => box.scrollBy({ left: deltaX || deltaY })
    look()
    box.addEventListener('scroll', look, { passive: true })
    box.addEventListener('wheel', push, { passive: true })
    const observer = new ResizeObserver(resized)
    for (const part of [box, ...box.children]) observer.observe(part)
    return () => {
      box.removeEventListener('scroll', look)
      box.removeEventListener('wheel', push)
      observer.disconnect()
    }
  }, [row, selector, count])
  return hidden
}

const reveal = (row: HTMLElement | null, selector: string) =>
  row?.querySelector(selector)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })

/** The class of such a row: it fades where it goes on. */
export const rowClass = ({ before, after }: Hidden): string => `pushed-row${before ? ' has-before' : ''}${after ? ' has-after' : ''}`
