/** When text that streams is drawn: often enough to be read as it comes, and never in the way of what a person types. */

/** Between two drawings of a stream: thirty a second. */
export const betweenMs = 30
/** After a key its own frame comes first. */
export const afterKeyMs = 40
/** However fast somebody types, what came is drawn by then. */
export const latestMs = 100

export interface Moment {
  readonly now: number
  /** when the last drawing was, when the first of what waits came, when a key was last pressed */
  readonly drawn: number
  readonly asked: number
  readonly key: number
}

/** Pure. */
export const mayDraw = ({ now, drawn, asked, key }: Moment): boolean =>
  now - asked >= latestMs || (now - drawn >= betweenMs && now - key >= afterKeyMs)

let lastKey = Number.NEGATIVE_INFINITY
if (typeof window !== 'undefined')
  window.addEventListener(
    'keydown',
    () => {
      lastKey = performance.now()
    },
    { capture: true, passive: true },
  )

/** `act` is called in a frame to come: the next one when it is urgent, else when the stream may be drawn. Asked again meanwhile, it is called once. */
export function createPace(act: () => void): { ask(urgent: boolean): void } {
  let drawn = Number.NEGATIVE_INFINITY
  let asked: number | undefined
  let isUrgent = false
  const look = () => {
    if (asked === undefined) return
    const now = performance.now()
    if (!isUrgent && !mayDraw({ now, drawn, asked, key: lastKey })) return nextFrame(look)
    asked = undefined
    isUrgent = false
    drawn = now
    act()
  }
  return {
    ask(urgent) {
      isUrgent ||= urgent
      if (asked !== undefined) return
      asked = performance.now()
      nextFrame(look)
    },
  }
}

/** A hidden page gets no frames, but its run goes on. */
function nextFrame(act: () => void): void {
  if (typeof document !== 'undefined' && document.visibilityState === 'visible') requestAnimationFrame(act)
  else setTimeout(act, 50)
}
