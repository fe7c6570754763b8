import { describe, expect, it } from 'vitest'
import { meetsToken, type TokenCondition, type TokenSight, tellTokenCondition, tokenCondition } from './token-break'

const sight = (changes: Partial<TokenSight> = {}): TokenSight => ({
  number: 3,
  token: ' Paris',
  before: 'The capital is',
  entropy: () => 1.2,
  disagree: () => true,
  ...changes,
})

describe('a condition on the next token', () => {
  it.each<[TokenCondition, Partial<TokenSight>, boolean]>([
    [{ is: 'any' }, {}, true],
    [{ is: 'token', text: 'paris' }, {}, true],
    [{ is: 'token', text: 'capital' }, {}, false],
    [{ is: 'text', text: 'is paris' }, {}, true],
    // it contains it already: the pause was before
    [{ is: 'text', text: 'is' }, {}, false],
    [{ is: 'text', text: 'aa' }, { before: 'xa', token: 'ay' }, true],
    [{ is: 'text', text: 'aa' }, { before: 'aa', token: 'y' }, false],
    [{ is: 'unsure', above: 1.2 }, {}, false],
    [{ is: 'unsure', above: 1.1 }, {}, true],
    [{ is: 'disagree' }, {}, true],
    [{ is: 'disagree' }, { disagree: () => false }, false],
    [{ is: 'number', at: 3 }, {}, true],
    [{ is: 'number', at: 4 }, {}, false],
  ])('%j at %j: %s', (condition, changes, met) => {
    expect(meetsToken(condition, sight(changes))).toBe(met)
    expect(tellTokenCondition(condition)).not.toBe('')
  })

  it('looks at the vocabulary only where it must', () => {
    const never = () => {
      throw new Error('not asked')
    }
    expect(meetsToken({ is: 'token', text: 'x' }, sight({ entropy: never, disagree: never }))).toBe(false)
  })

  it('is refused where it can never be meant', () => {
    for (const bad of [{ is: 'token', text: '' }, { is: 'unsure', above: -1 }, { is: 'number', at: 0 }, { is: 'other' }])
      expect(tokenCondition.safeParse(bad).success).toBe(false)
  })
})
