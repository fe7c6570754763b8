import { describe, expect, it } from 'vitest'
import type { FlowNode } from './flow-mapping'
import { mapScale } from './map-drawing'

const node = (x: number, y: number): FlowNode => ({ id: `${x}`, position: { x, y }, width: 100, height: 50, data: {}, type: 'card' })

describe('the scale of the map', () => {
  it('shows every card and what is in view, centred', () => {
    const scale = mapScale([node(0, 0), node(900, 0)], { x: 0, y: 0, width: 500, height: 200 }, { width: 168, height: 112 })
    expect(scale.factor).toBeCloseTo(156 / 1000)
    expect((0 - scale.x) * scale.factor).toBeCloseTo(6)
    expect((1000 - scale.x) * scale.factor).toBeCloseTo(162)
    expect((100 - scale.y) * scale.factor).toBeCloseTo(56)
  })
  it('is finite for a single point', () => {
    const { factor } = mapScale([], { x: 5, y: 5, width: 0, height: 0 }, { width: 168, height: 112 })
    expect(Number.isFinite(factor)).toBe(true)
  })
})
