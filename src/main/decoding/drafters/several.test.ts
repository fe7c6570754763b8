import { describe, expect, it } from 'vitest'
import type { Drafter, Member } from '../drafter'
import { createSeveral } from './several'

const { signal } = new AbortController()

/** A drafter that always guesses the same, and keeps what it was told. */
function fixed(tokens: readonly number[], asksModel = false) {
  const heard: { tokens: readonly number[]; accepted: number }[] = []
  let asked = 0
  const drafter: Drafter = {
    reset: () => undefined,
    push: (text, accepted) => void heard.push({ tokens: text, accepted }),
    predict(limit) {
      asked++
      return { tokens: tokens.slice(0, limit) }
    },
  }
  const member: Member = { drafter, asksModel }
  return { member, heard, asked: () => asked }
}

describe('several drafters', () => {
  it('begin with the longest guess, then hear who was right more often, whether it spoke or not', async () => {
    const [long, right] = [fixed([9, 9, 9, 9]), fixed([1, 2])]
    const several = createSeveral([long.member, right.member], 1)
    expect((await several.predict(8, signal)).tokens).toEqual([9, 9, 9, 9])
    several.push([1], 0)
    expect(long.heard).toEqual([{ tokens: [1], accepted: 0 }])
    expect(right.heard).toEqual([{ tokens: [1], accepted: 2 }])
    expect((await several.predict(8, signal)).tokens).toEqual([1, 2])
  })

  it('ask a model only where it has brought more than the best free guess promises', async () => {
    const [free, model] = [fixed([1, 1, 1, 1, 1, 1]), fixed([2, 2, 2], true)]
    const several = createSeveral([free.member, model.member], 0.9)
    for (let round = 0; round < 12; round++) {
      const { tokens } = await several.predict(8, signal)
      several.push([2, 2, 2, 2], tokens[0] === 2 ? 3 : 0) // the text is as the model guesses
    }
    const asked = model.asked()
    expect(asked).toBeGreaterThan(6)
    for (let round = 0; round < 12; round++) {
      const { tokens } = await several.predict(8, signal)
      several.push([1, 1, 1, 1, 1, 1, 1], tokens[0] === 1 ? 6 : 0)
    }
    expect(model.asked() - asked).toBeLessThan(6)
    expect(free.heard.at(-1)?.accepted).toBe(6)
  })

  it('guess nothing where nobody does', async () => {
    const several = createSeveral([fixed([]).member], 0.9)
    expect((await several.predict(8, signal)).tokens).toEqual([])
    several.push([3], 0)
    expect((await createSeveral([fixed([1, 2, 3]).member], 0.9).predict(2, signal)).tokens).toEqual([1, 2])
  })
})
