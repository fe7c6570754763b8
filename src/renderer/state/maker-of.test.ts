import { expect, it } from 'vitest'
import type { NodeState } from '../../shared/run/fold'
import { makerOf } from './maker-of'

it('finds who made a value: of a container and the node inside it, the inner one', () => {
  const gave = (...shas: string[]) =>
    ({ outputs: Object.fromEntries(shas.map((sha, at) => [`port${at}`, { sha }])) }) as unknown as NodeState
  const nodes = { 'box/2/merge': gave('x', 'm'), box: gave('m'), write: gave(), other: gave('y') }
  expect(makerOf('m', nodes)).toBe('box/2/merge')
  expect(makerOf('y', nodes)).toBe('other')
  expect(makerOf('z', nodes)).toBeUndefined()
})
