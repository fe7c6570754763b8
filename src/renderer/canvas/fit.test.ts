import { describe, expect, it } from 'vitest'
import { farZoom, fitZoom } from './fit'

const frame = { width: 1000, height: 800 }

describe('fitting a graph', () => {
  it('never shows a small graph larger than life', () => {
    expect(fitZoom({ width: 200, height: 100 }, frame)).toBe(1)
  })

  it('shows all of a graph that stays readable, with room around it', () => {
    expect(fitZoom({ width: 1600, height: 400 }, frame)).toBeCloseTo(880 / 1600)
  })

  it('stays readable when that cuts off less than a tenth', () => {
    expect(fitZoom({ width: 2200, height: 400 }, frame)).toBe(farZoom)
    expect(fitZoom({ width: 2050, height: 1650 }, frame)).toBe(farZoom)
  })

  it('shows all of a large graph, small as it is', () => {
    expect(fitZoom({ width: 2400, height: 400 }, frame)).toBeCloseTo(880 / 2400)
    expect(fitZoom({ width: 2200, height: 1700 }, frame)).toBeLessThan(farZoom)
  })

  it('does nothing odd before anything was measured', () => {
    expect(fitZoom({ width: 0, height: 0 }, frame)).toBe(1)
  })
})
