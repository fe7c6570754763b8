import { useReactFlow, useStoreApi } from '@xyflow/react'
import { useEffect, useState } from 'react'
import type { Session } from '../state/session'
import type { Viewport } from '../state/viewports'
import { farZoom, fitViewport } from './fit'
import { drawnOf, type FlowNode } from './flow-mapping'
import { around, type Box, boxOf } from './guides'

/** The view that shows all of a graph, and goes on doing so while the frame around it changes, until a hand moves it. */
export interface Fitting {
  /** shows all of the graph, from now on */
  all(duration: number): void
  /** is this still the view that shows all? */
  isWhole(): boolean
  /** moves the view a little to bring something in. Where it showed all, it counts as that still: the next change of the frame fits it again */
  nudge(to: Viewport, duration: number): void
  /** what changes the frame in the next two drawings moves nothing: a card that was pressed must stay under the pointer */
  spare(): void
}

/** What a fitting needs of the canvas. */
export interface Stage {
  bounds(): Box
  frame(): { readonly width: number; readonly height: number }
  view(): Viewport
  show(viewport: Viewport, duration: number): void
  /** milliseconds */
  now(): number
  /** calls back when the next two drawings are over */
  afterDrawing(then: () => void): void
}

/** A little more than a movement takes by its own clock. */
const slackMs = 60

/** `resized` is to be called when the frame has changed, `lowered` when something came or went above it. Who moved the view, and by what, is not asked: it is elsewhere than it was put. */
export function createFitting(stage: Stage, first: Viewport | undefined): Fitting & { resized(): void; lowered(by: number): void } {
  let whole = first
  let movingUntil = 0
  let spared = 0
  const isWhole = () => whole !== undefined && (stage.now() < movingUntil || isSame(stage.view(), whole))
  const show = (to: Viewport, duration: number) => {
    movingUntil = duration > 0 ? stage.now() + duration + slackMs : 0
    whole = to
    stage.show(to, duration)
  }
  const all = (duration: number) => {
    const to = fitViewport(stage.bounds(), stage.frame())
    if (!isSame(to, stage.view())) show(to, duration)
    else whole = to
  }
  const nudge = (to: Viewport, duration: number) => (isWhole() ? show(to, duration) : stage.show(to, duration))
  return {
    all,
    isWhole,
    nudge,
    // a line of advice that comes by itself moves nothing: cards stay where they are on the screen
    lowered: (by) => {
      const { x, y, zoom } = stage.view()
      nudge({ x, y: y - by, zoom }, 0)
    },
    spare: () => {
      spared += 1
      stage.afterDrawing(() => {
        spared -= 1
      })
    },
    // What can be read stays so: where all of it would be too small in what is left, the view stays, and is fitted again when there is room.
    resized: () => {
      if (spared > 0 || !isWhole()) return
      const to = fitViewport(stage.bounds(), stage.frame())
      if (to.zoom >= farZoom || stage.view().zoom < farZoom) all(0)
    },
  }
}

const isSame = (a: Viewport, b: Viewport): boolean => a.x === b.x && a.y === b.y && a.zoom === b.zoom

/** For this long after a canvas has opened, cards are still being measured. */
const settlingMs = 700

/** The fitting of the mounted canvas. A graph that is shown for the first time (`fitted`) is fitted anew while its cards are measured, too. */
export function useFitting(session: Session, first: { readonly viewport: Viewport; readonly fitted: boolean }): Fitting {
  const api = useReactFlow<FlowNode>()
  const store = useStoreApi<FlowNode>()
  const [fitting] = useState(() =>
    createFitting(
      {
        bounds: () => around(drawnOf(session.flow.getState().nodes).map(boxOf)),
        frame: () => store.getState(),
        view: () => {
          const [x, y, zoom] = store.getState().transform
          return { x, y, zoom }
        },
        show: (viewport, duration) => void api.setViewport(viewport, { duration }),
        now: () => performance.now(),
        afterDrawing: (then) => requestAnimationFrame(() => requestAnimationFrame(then)),
      },
      first.fitted ? first.viewport : undefined,
    ),
  )
  useEffect(() => {
    const topOf = () => store.getState().domNode?.getBoundingClientRect().top ?? 0
    let top = topOf()
    return store.subscribe((now, before) => {
      if (now.width === before.width && now.height === before.height) return
      const by = topOf() - top
      top += by
      if (by !== 0 && now.width === before.width) fitting.lowered(by)
      else fitting.resized()
    })
  }, [store, fitting])
  useEffect(() => {
    if (!first.fitted) return undefined
    const until = performance.now() + settlingMs
    const stop = session.flow.subscribe((now, before) => {
      if (performance.now() > until) stop()
      else if (now.nodes !== before.nodes && now.nodes.length === before.nodes.length && fitting.isWhole()) fitting.all(0)
    })
    return stop
  }, [session, first, fitting])
  return fitting
}
