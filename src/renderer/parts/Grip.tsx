import type { PointerEvent } from 'react'

/** The edge of a panel: drag it, or focus it and use the arrows. The panel lies behind (right of, below) its grip, or before it. */
export function Grip({
  label,
  along,
  value,
  min,
  max,
  after = false,
  unit = 'px',
  step = 16,
  perPixel = () => 1,
  onChange,
}: {
  label: string
  along: 'x' | 'y'
  value: number
  min: number
  max: number
  /** the grip is the far edge: the panel lies before it */
  after?: boolean
  /** what `value` counts, how much of it a key moves, and how much a pixel is */
  unit?: 'px' | '%'
  step?: number
  perPixel?(grip: HTMLElement): number
  onChange(next: number): void
}) {
  const grows = after ? 1 : -1
  const within = (next: number) => Math.max(min, Math.min(max, Math.round(next)))
  const start = (event: PointerEvent<HTMLHRElement>) => {
    const grip = event.currentTarget
    const at = (moved: { clientX: number; clientY: number }) => (along === 'x' ? moved.clientX : moved.clientY)
    const from = at(event)
    const scale = grows * perPixel(grip)
    grip.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => onChange(within(value + scale * (at(moved) - from)))
    grip.addEventListener('pointermove', move)
    grip.addEventListener('lostpointercapture', () => grip.removeEventListener('pointermove', move), { once: true })
  }
  return (
    <hr
      className={`grip along-${along}${after ? ' is-after' : ''}`}
      aria-label={label}
      aria-orientation={along === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuetext={`${value} ${unit}`}
      tabIndex={0}
      onPointerDown={start}
      onKeyDown={(event) => {
        const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key]
        if (steps === undefined) return
        event.preventDefault()
        event.stopPropagation()
        onChange(within(value + grows * steps * step))
      }}
    />
  )
}
