import { expect, it } from 'vitest'
import { fitsOf } from './fits'

const pair = (merge: boolean, mix: boolean, align: boolean, draft: boolean) => ({
  a: 'one',
  b: 'two',
  merge: { ok: merge, reason: 'm' },
  mix: { ok: mix, reason: 't' },
  align: { ok: align, reason: 'a' },
  draft: { ok: draft, reason: 'd' },
})
const letters = (...all: Parameters<typeof pair>) =>
  fitsOf(pair(...all))
    .map(({ letter, is }) => `${letter} ${is}`)
    .join(', ')

it('says what fits, what fits once it is aligned, and what does not', () => {
  expect(letters(true, true, true, false)).toBe('M yes, T yes, D no')
  expect(letters(false, false, true, false)).toBe('M no, A partly, D no')
  expect(letters(false, false, false, true)).toBe('M no, T no, D yes')
})
