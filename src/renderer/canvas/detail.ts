import { createContext, useContext, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { farZoom } from './fit'

/** How much of the cards is drawn. From afar a card is its title, its state and its ports, and a wire is a part of one line. */
export type DetailStore = ReturnType<typeof createDetail>
export const createDetail = (zoom: number) => createStore<{ readonly far: boolean; readonly wide: boolean }>(() => detailAt(zoom))

/** Below this zoom most of a graph is in view: all of it is put up once, so that nothing comes and goes while the canvas is pushed about. */
const wideZoom = 0.35

export const detailAt = (zoom: number) => ({ far: isFar(zoom), wide: zoom < wideZoom })

/** A zoom that was computed may miss its threshold by a rounding. */
export const isFar = (zoom: number): boolean => zoom + 1e-3 < farZoom

export const DetailContext = createContext<DetailStore>(createDetail(1))

/** Whether a card draws all its parts now: near by, when its turn has come. */
export function useDetailed(always: boolean): boolean {
  const far = useStore(useContext(DetailContext), (detail) => detail.far)
  return useTurn(always || !far)
}

/** Cards put up with all their parts at once, when a canvas opens, and later in one frame: a card costs about a millisecond. */
const atFirst = 30
const perFrame = 4

let left = perFrame
let waiting: (() => void)[] = []
let frame = 0

/** A canvas opens: the cards in view come at once, as far as there are few. */
export function openTurns(): void {
  left = atFirst
  schedule()
}

/** True from the frame on in which the caller's turn came. */
function useTurn(wanted: boolean): boolean {
  const [has, setHas] = useState(() => wanted && takeTurn())
  useEffect(() => {
    if (!wanted) setHas(false)
    else if (!has) return wait(() => setHas(true))
    return undefined
  }, [wanted, has])
  return wanted && has
}

function takeTurn(): boolean {
  if (left <= 0) return false
  left--
  schedule()
  return true
}

function wait(act: () => void): () => void {
  waiting.push(act)
  schedule()
  return () => {
    waiting = waiting.filter((other) => other !== act)
  }
}

function schedule(): void {
  if (frame === 0) frame = requestAnimationFrame(nextTurns)
}

function nextTurns(): void {
  frame = 0
  left = perFrame
  const now = waiting.splice(0, perFrame)
  left -= now.length
  for (const act of now) act()
  if (waiting.length > 0 || left < perFrame) schedule()
}
