/** Two presses further apart than this, in time or in pixels, are no double click. */
const togetherMs = 500
const nearPx = 6

interface Press {
  readonly clientX: number
  readonly clientY: number
}

/**
 * The first click on a card may open a panel under the pointer, and a card that would be covered moves aside. The second click of a double click is meant for the
 * card all the same: whatever lies there now does not hear of it.
 */
export function secondClickIsFor(first: Press, then: () => void): void {
  const own = new AbortController()
  const isSecond = (event: MouseEvent) =>
    event.detail === 2 && Math.hypot(event.clientX - first.clientX, event.clientY - first.clientY) <= nearPx
  const swallow = (event: MouseEvent) => {
    if (!isSecond(event)) return
    event.preventDefault()
    event.stopPropagation()
    if (event.type === 'dblclick') own.abort()
    if (event.type === 'click') then()
  }
  for (const type of ['mousedown', 'mouseup', 'click', 'dblclick'] as const)
    window.addEventListener(type, swallow, { capture: true, signal: own.signal })
  setTimeout(() => own.abort(), togetherMs)
}
