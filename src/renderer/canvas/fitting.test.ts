import { describe, expect, it } from 'vitest'
import type { Viewport } from '../state/viewports'
import { fitViewport } from './fit'
import { createFitting } from './fitting'

const bounds = { x: 0, y: 0, width: 1200, height: 600 }
const wide = { width: 1200, height: 800 }
const narrow = { width: 860, height: 800 }

/** A canvas that shows `bounds` in a frame that can be changed, and keeps its own time. */
function stage({ whole = true } = {}) {
  let frame = wide
  let view: Viewport = fitViewport(bounds, wide)
  let time = 0
  let moving: Viewport | undefined
  const drawings: (() => void)[] = []
  const fitting = createFitting(
    {
      bounds: () => bounds,
      frame: () => frame,
      view: () => view,
      show: (to, duration) => {
        if (duration > 0) moving = to
        else view = to
      },
      now: () => time,
      afterDrawing: (then) => drawings.push(then),
    },
    whole ? view : undefined,
  )
  return {
    fitting,
    view: () => view,
    byHand: (to: Viewport) => {
      view = to
    },
    arrive: () => {
      view = moving ?? view
      time += 1000
    },
    change: (to: typeof wide) => {
      frame = to
      fitting.resized()
    },
    draw: () => drawings.splice(0).forEach((then) => void then()),
  }
}

describe('a view that shows all of a graph', () => {
  it('shows all of it in a smaller frame, and in a larger one again', () => {
    const { change, view } = stage()
    change(narrow)
    expect(view()).toEqual(fitViewport(bounds, narrow))
    change(wide)
    expect(view()).toEqual(fitViewport(bounds, wide))
  })

  it('stays where a hand has put it, until it is asked to show all again', () => {
    const { byHand, change, view, fitting, arrive } = stage()
    const put = { x: 5, y: 7, zoom: 0.9 }
    byHand(put)
    change(narrow)
    expect([view(), fitting.isWhole()]).toEqual([put, false])
    fitting.all(220)
    expect(fitting.isWhole()).toBe(true)
    arrive()
    change(wide)
    expect(view()).toEqual(fitViewport(bounds, wide))
  })

  it('counts as such on the way there, and a hand that stops it on the way has moved it', () => {
    const { byHand, fitting, arrive } = stage({ whole: false })
    byHand({ x: 1, y: 1, zoom: 1 })
    fitting.all(220)
    expect(fitting.isWhole()).toBe(true)
    arrive()
    byHand({ x: 40, y: 1, zoom: 1 })
    expect(fitting.isWhole()).toBe(false)
  })

  it('moves nothing under the pointer when a press opens a panel, and fits at the change after that', () => {
    const { change, view, fitting, draw } = stage()
    const before = view()
    fitting.spare()
    change(narrow)
    expect(view()).toEqual(before)
    draw()
    expect(fitting.isWhole()).toBe(true)
    change(wide)
    change(narrow)
    expect(view()).toEqual(fitViewport(bounds, narrow))
  })

  it('is fitted again after a card was brought in', () => {
    const { change, view, fitting } = stage()
    fitting.nudge({ ...view(), x: view().x - 60 }, 0)
    change(narrow)
    expect(view()).toEqual(fitViewport(bounds, narrow))
  })

  it('stays readable where all of it would not be, and shows all again when there is room', () => {
    const { change, view, fitting } = stage()
    change(narrow)
    const before = view()
    change({ width: 500, height: 300 })
    expect([view(), fitting.isWhole()]).toEqual([before, true])
    change(wide)
    expect(view()).toEqual(fitViewport(bounds, wide))
  })

  it('leaves cards where they are on the screen when a line comes in above it', () => {
    const { change, view, fitting } = stage()
    const before = view()
    fitting.lowered(33)
    expect(view()).toEqual({ ...before, y: before.y - 33 })
    fitting.lowered(-33)
    expect(view()).toEqual(before)
    fitting.lowered(33)
    change(narrow)
    expect(view()).toEqual(fitViewport(bounds, narrow))
  })

  it('is not made of a view that never was one', () => {
    const { byHand, change, view, fitting } = stage({ whole: false })
    const put = { x: 0, y: 0, zoom: 1 }
    byHand(put)
    fitting.nudge({ x: -60, y: 0, zoom: 1 }, 0)
    change(narrow)
    expect(view()).toEqual({ x: -60, y: 0, zoom: 1 })
  })
})
