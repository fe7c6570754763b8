import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJudged } from '../judged'
import { nextPoint } from './replay'
import type { Evaluation } from './search'
import { type SearchName, searches } from './searches'

const valley = ([x = 0, y = 0]: readonly number[]): number => (x - 0.3) ** 2 + (y - 0.6) ** 2
const space = { low: [0, 0], high: [1, 1] }

describe.each(Object.keys(searches) as SearchName[])('%s, asked point by point', (name) => {
  it('asks what it asks in one go, and ends where that ends', async () => {
    const options = { budget: 15, seed: 3 }
    const box = name === 'golden' ? { low: [0], high: [1] } : space
    const whole = await searches[name].search(box, valley, options)
    const past: Evaluation[] = []
    for (;;) {
      const point = await nextPoint(searches[name].search, box, past, options)
      if (point === undefined) break
      past.push({ point, loss: valley(point) })
    }
    expect(past).toEqual(whole.evaluations)
  })
  it('stops when its patience ends', async () => {
    const box = name === 'golden' ? { low: [0], high: [1] } : space
    const { evaluations } = await searches[name].search(box, () => 1, { budget: 100, seed: 1, patience: 4 })
    expect(evaluations.length).toBe(5)
  })
})

describe('what was judged', () => {
  it('is known after a restart; a line that a kill cut short is passed over', () => {
    const folder = mkdtempSync(join(tmpdir(), 'judged-'))
    const file = join(folder, 'sub', 'judged.txt')
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
    const judged = openJudged(file)
    expect(judged.get(a)).toBeUndefined()
    judged.put(a, 0.25)
    judged.put(b, Number.NaN)
    writeFileSync(file, `${readFileSync(file, 'utf8')}${b} 0.`.slice(0, -2))
    const again = openJudged(file)
    expect([again.get(a), again.get(b)]).toEqual([0.25, undefined])
    rmSync(folder, { recursive: true })
  })
})
