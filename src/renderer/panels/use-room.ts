import { useEffect } from 'react'
import { useApp } from '../state/hooks'

const usualHeight = 230
const neededHeight = 340

/** Tokens and tensors need more room than a timeline: a bottom panel that nobody has sized grows. */
export function useRoom(): void {
  const { view } = useApp()
  useEffect(() => {
    if (view.getState().dockHeight === usualHeight) view.setState({ dockHeight: neededHeight })
  }, [view])
}
