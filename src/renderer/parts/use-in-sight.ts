import { type RefObject, useEffect } from 'react'

/** A row that can be pushed sideways keeps what is chosen in it in sight, whenever something else is chosen. */
export function useInSight(row: RefObject<HTMLElement | null>, selector: string, chosen: unknown): void {
  useEffect(() => {
    if (chosen !== undefined) row.current?.querySelector(selector)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [row, selector, chosen])
}
