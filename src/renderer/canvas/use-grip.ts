import type { PointerEvent } from 'react'
import { useMemo } from 'react'
import { useApp, useSession } from '../state/hooks'
import { type Grip, startHolding } from './wiring'

/** What a pressed port does: a wire is taken in the hand. */
export type PressPort = (grip: Grip, event: PointerEvent) => void

export function useGrip(): PressPort {
  const app = useApp()
  const session = useSession()
  return useMemo(() => (grip, event) => startHolding(app, session, grip, event.nativeEvent), [app, session])
}
