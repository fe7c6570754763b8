import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignSeries, moveSteps } from './align-steps'

const source = ['un', 'believ', 'able', ' news', '!']
const target = ['unbeliev', 'able', ' new', 's', '!']

describe('tokens of two models for one text, aligned by dynamic programming', () => {
  it('by edit distance (T-D5): a total of 10, two tokens for one and one for two', () => {
    const { total, path } = alignSeries(source, target, 'edit')
    expect(total).toBe(10)
    expect(path).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
      [4, 4],
    ])
  })
  it('by exact matches (T-D4): the diagonal, at 4', () => {
    const { total, path } = alignSeries(source, target, 'exact')
    expect(total).toBe(4)
    expect(path).toEqual([0, 1, 2, 3, 4].map((i) => [i, i]))
  })
  it('never goes back, begins at both beginnings, ends at both ends, and costs nothing for equal texts', () => {
    const tokens = fc.array(fc.constantFrom('a', ' a', 'ab', 'b', ''), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(tokens, tokens, fc.constantFrom('exact' as const, 'edit' as const), (a, b, by) => {
        const { path } = alignSeries(a, b, by)
        expect(path[0]).toEqual([0, 0])
        expect(path.at(-1)).toEqual([a.length - 1, b.length - 1])
        for (const [k, [i, j]] of path.entries()) {
          const [before, left] = path[k - 1] ?? [i, j]
          expect(i - before === 0 || i - before === 1).toBe(true)
          expect(j - left === 0 || j - left === 1).toBe(true)
        }
        expect(alignSeries(a, a, by).total).toBe(0)
      }),
    )
    expect(alignSeries([], ['a'], 'edit')).toEqual({ total: 0, path: [] })
  })
})

describe('likelihoods moved along', () => {
  const top = source.map((token) => [
    [token, 0.6],
    [' gut', 0.2],
    ['zzz', 0.1],
  ]) as never
  const read = { tokens: target, top: [] }
  it('only between single tokens that are partners; elsewhere the token that came is all there is', () => {
    const partner = (text: string) => (text === ' gut' ? ' get' : target.includes(text) ? text : undefined)
    const { top: moved, moved: count } = moveSteps({ tokens: source, top }, read, 'edit', partner)
    expect(count).toBe(1)
    expect(moved.map((list) => list.map(([text]) => text))).toEqual([['unbeliev'], ['able', ' get'], [' new'], ['s'], ['!']])
    expect(moved[1]?.[0]?.[1]).toBeCloseTo(0.75, 12)
  })
  it('a mapped token takes its own distribution; the first that comes to a token has it', () => {
    const partner = (text: string) => (text === ' news' ? ' new' : text === 'zzz' ? ' new' : target.includes(text) ? text : undefined)
    const { top: moved } = moveSteps({ tokens: source, top }, read, 'edit', partner)
    expect(moved[2]).toEqual([[' new', 1]])
  })
})
