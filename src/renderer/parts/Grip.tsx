import type { PointerEvent } from 'react'

/** The edge of a panel: drag it, or focus it and use the arrows. The panel lies behind (right of, below) its grip. */
export function Grip({
  label,
  along,
  value,
  min,
  max,
  onChange,
}: {
  label: string
  along: 'x' | 'y'
  value: number
  min: number
  max: number
  onChange(next: number): void
}) {
  const within = (next: number) => Math.max(min, Math.min(max, Math.round(next)))
  const start = (event: PointerEvent<HTMLHRElement>) => {
    const from = along === 'x' ? event.clientX : event.clientY
    const grip = event.currentTarget
    grip.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => onChange(within(value + from - (along === 'x' ? moved.clientX : moved.clientY)))
    grip.addEventListener('pointermove', move)
    grip.addEventListener('pointerup', () => grip.removeEventListener('pointermove', move), { once: true })
  }
  return (
    <hr
      className={`grip along-${along}`}
      aria-label={label}
      aria-orientation={along === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={start}
      onKeyDown={(event) => {
        const step = { ArrowLeft: 16, ArrowUp: 16, ArrowRight: -16, ArrowDown: -16 }[event.key]
        if (step === undefined) return
        event.preventDefault()
        event.stopPropagation()
        onChange(within(value + step))
      }}
    />
  )
}
