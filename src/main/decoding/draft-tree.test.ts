import { describe, expect, it } from 'vitest'
import { DraftTree } from './draft-tree'

const others = [{ tokens: [1, 2, 9] }, { tokens: [4] }, { tokens: [1, 2, 3, 7] }, { tokens: [] }]

describe('guesses as a tree', () => {
  it('hold what they have in common once, the first guess first', () => {
    const tree = new DraftTree({ tokens: [1, 2, 3], others })
    expect(tree.tokens).toEqual([1, 2, 3, 9, 4, 7])
    expect(tree.parents).toEqual([-1, 0, 1, 1, -1, 2])
    expect([tree.size, tree.branches]).toEqual([6, 3])
  })

  it('propose, at each token, what those say that agree with the text', () => {
    const walk = new DraftTree({ tokens: [1, 2, 3], others }).walk()
    const tokens = (): number[] => walk.proposals.map(({ token }) => token)
    expect([tokens(), walk.rest]).toEqual([
      [1, 1, 4, 1],
      [1, 2, 3],
    ])
    expect([walk.follow(1), tokens()]).toEqual([true, [2, 2, 2]])
    expect([walk.follow(2), tokens()]).toEqual([true, [3, 9, 3]])
    expect([walk.follow(9), tokens(), walk.path]).toEqual([true, [], [0, 1, 3]])
    expect([walk.follow(5), walk.path]).toEqual([false, [0, 1, 3]])
  })

  it('propose nothing once the text goes another way, or where nobody guessed', () => {
    const walk = new DraftTree({ tokens: [1, 2], others: [] }).walk()
    expect([walk.follow(3), walk.proposals, walk.rest, walk.path]).toEqual([false, [], [], []])
    const empty = new DraftTree({ tokens: [] })
    expect([empty.size, empty.branches, empty.walk().proposals]).toEqual([0, 0, []])
  })
})
