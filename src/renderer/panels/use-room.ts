import { useEffect } from 'react'
import { useApp } from '../state/hooks'
import { growDock } from '../state/panels'

/** Tokens and tensors need more room than a timeline: a bottom panel that nobody has sized grows. */
export function useRoom(): void {
  const { view } = useApp()
  useEffect(() => growDock(view), [view])
}
