/** The pointer, from a press until it is let go; Esc takes it back. */
export interface Following {
  move(event: PointerEvent): void
  end(event: PointerEvent): void
  cancel(): void
}

export function follow({ move, end, cancel }: Following): void {
  const finish = (event: PointerEvent) => {
    stop()
    if (event.type === 'pointercancel') cancel()
    else end(event)
  }
  const giveUp = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    stop()
    cancel()
  }
  const stop = () => {
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', finish)
    window.removeEventListener('pointercancel', finish)
    window.removeEventListener('keydown', giveUp, true)
  }
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', finish)
  window.addEventListener('pointercancel', finish)
  window.addEventListener('keydown', giveUp, true)
}
