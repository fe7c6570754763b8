import { describe, expect, it } from 'vitest'
import { crosses, gapAt, wirePath } from './wire-path'

const at = (x: number, y: number) => ({ x, y })

describe('the line of a wire', () => {
  it('goes through its points in order', () => {
    expect(wirePath(at(0, 0), [[50, 80]], at(100, 0))).toBe('M0,0 C25,0 25,80 50,80 C75,80 75,0 100,0')
  })
  it('turns around where it goes backwards', () => {
    expect(wirePath(at(100, 0), [], at(0, 0))).toMatch(/^M100,0 C1[0-9]{2}/)
  })
  it('passes a point the way it is going there', () => {
    const back = wirePath(
      at(300, 0),
      [
        [320, 200],
        [-20, 200],
      ],
      at(0, 400),
    )
    expect(back).toBe('M300,0 C360,0 380,200 320,200 C150,200 150,200 -20,200 C-80,200 -60,400 0,400')
  })
  it('goes back between two rows, along their middle, whichever is above', () => {
    for (const [from, to] of [
      [at(900, 100), at(0, 500)],
      [at(900, 500), at(0, 100)],
    ] as const) {
      const line = wirePath(from, [], to)
      expect(line).toContain('L-8,300') // the middle line, up to the corner before the target
      expect(line).toContain(`L930,${from.y === 100 ? 278 : 322}`) // down or up beside the source
      expect(line.endsWith(`L${to.x},${to.y}`)).toBe(true)
    }
  })
})

describe('a new point', () => {
  it('goes into the gap that is nearest', () => {
    expect(
      gapAt(
        at(0, 0),
        [
          [100, 0],
          [200, 0],
        ],
        at(300, 0),
        at(250, 10),
      ),
    ).toBe(2)
    expect(gapAt(at(0, 0), [[100, 0]], at(300, 0), at(20, 5))).toBe(0)
    expect(gapAt(at(0, 0), [], at(0, 0), at(5, 5))).toBe(0)
  })
})

describe('a cut', () => {
  it('crosses what it crosses, and nothing that it passes by', () => {
    expect(crosses(at(0, -5), at(0, 5), at(-5, 0), at(5, 0))).toBe(true)
    expect(crosses(at(0, 1), at(0, 5), at(-5, 0), at(5, 0))).toBe(false)
    expect(crosses(at(0, 0), at(0, 5), at(-5, 0), at(5, 0))).toBe(true)
  })
})
