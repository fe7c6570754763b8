import { describe, expect, it } from 'vitest'
import { alignTo, around } from './guides'

const box = (x: number, y: number, width = 100, height = 50) => ({ x, y, width, height })

describe('smart guides', () => {
  it('bring a box onto the edge of another that is near, and draw the line along both', () => {
    const { dx, dy, lines } = alignTo(box(4, 200), [box(0, 0)], 6)
    expect([dx, dy]).toEqual([-4, 0])
    expect(lines).toEqual([{ along: 'x', at: 0, from: 0, to: 250 }])
  })
  it('line middles up with middles, whatever the sizes', () => {
    const { dx } = alignTo(box(22, 200, 60), [box(0, 0, 100)], 6)
    expect(dx).toBe(-2)
  })
  it('take the nearest of several, and leave a box alone that is near none', () => {
    expect(alignTo(box(5, 0), [box(0, 500), box(4, 900)], 6).dx).toBe(-1)
    expect(alignTo(box(50, 300), [box(0, 0)], 6)).toEqual({ dx: 0, dy: 0, lines: [] })
  })
  it('work for several boxes by what is around them', () => {
    expect(around([box(0, 0), box(200, 100)])).toEqual(box(0, 0, 300, 150))
  })
})
