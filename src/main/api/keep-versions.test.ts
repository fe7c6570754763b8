import { describe, expect, it } from 'vitest'
import { isDue } from './keep-versions'

const minute = 60_000
const graph = (createdAt: number, updatedAt: number) => ({ createdAt: createdAt * minute, updatedAt: updatedAt * minute })

describe('when a version is kept by itself', () => {
  it('after a rest of two minutes', () => {
    expect(isDue(graph(0, 3), undefined, 4 * minute)).toBe(false)
    expect(isDue(graph(0, 3), undefined, 5.1 * minute)).toBe(true)
  })
  it('and every ten minutes of work without a rest', () => {
    expect(isDue(graph(0, 9.9), undefined, 9.95 * minute)).toBe(false)
    expect(isDue(graph(0, 10), undefined, 10.1 * minute)).toBe(true)
    expect(isDue(graph(0, 10), { at: 8 * minute }, 10.1 * minute)).toBe(false)
  })
})
