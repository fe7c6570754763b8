import { describe, expect, it } from 'vitest'
import { testDocument, testSpecs } from '../canvas/testing'
import { freePlace, sizeOfNew } from './placing'

const size = { width: 248, height: 160 }
const card = (x: number, y: number, width = 248, height = 160) => ({ x, y, width, height })
const overlaps = (a: { x: number; y: number }, b: ReturnType<typeof card>) =>
  a.x < b.x + b.width && b.x < a.x + size.width && a.y < b.y + b.height && b.y < a.y + size.height

describe('where something new is put down', () => {
  it('is where it was meant, as long as all of it lies on no card', () => {
    expect(freePlace([card(600, 0)], { x: 100, y: 20 }, size)).toEqual({ x: 100, y: 20 })
  })

  it('is beside a card that only a part of it would cover', () => {
    const other = card(300, 100)
    for (const at of [
      { x: 200, y: 120 }, // reaches into it from the left
      { x: 320, y: 0 }, // from above
      { x: 420, y: 200 }, // begins on it
    ]) {
      const place = freePlace([other], at, size)
      expect(overlaps(at, other)).toBe(true)
      expect(overlaps(place, other)).toBe(false)
    }
  })

  it('is the nearest of the free ones', () => {
    expect(freePlace([card(300, 100)], { x: 500, y: 130 }, size)).toEqual({ x: 596, y: 130 })
    expect(freePlace([card(300, 100)], { x: 310, y: 240 }, size)).toEqual({ x: 310, y: 284 })
  })

  it('is clear of all cards where they stand close together', () => {
    const cards = Array.from({ length: 60 }, (_, i) => card((i % 10) * 300, Math.floor(i / 10) * 200))
    const place = freePlace(cards, { x: 1350, y: 500 }, size)
    expect(cards.some((box) => overlaps(place, box))).toBe(false)
  })

  it('is further to the left for what feeds a card', () => {
    const cards = [card(0, 0), card(300, 0)]
    expect(freePlace(cards, { x: 40, y: 10 }, size, 'left')).toEqual({ x: -296, y: 10 })
  })

  it('counts a card as large as its kind will be', () => {
    const model = sizeOfNew(testDocument, testSpecs.get('model-node'))
    const text = sizeOfNew(testDocument, testSpecs.get('text'))
    expect(model.height).toBeGreaterThan(text.height)
    expect(text).toEqual({ width: 248, height: expect.any(Number) })
  })
})
