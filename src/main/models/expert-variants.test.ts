import { expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import { expertsOf, fileIdOf, nameVariants } from './expert-variants'

const model = { backend: 'llama-cpp', id: 'abc', name: 'moe' } as const
const leaf = (experts?: number): DistributionExpression => ({
  op: 'lm',
  model,
  prompt: { kind: 'text', text: 'x' },
  ...(experts === undefined ? {} : { experts }),
})

it('a leaf that asks for a number of experts names a model of its own, of the same file', () => {
  expect(nameVariants(leaf())).toEqual(leaf())
  expect(nameVariants({ op: 'contrast', inputs: { expert: leaf(), amateur: [leaf(1)] }, params: {} })).toEqual({
    op: 'contrast',
    inputs: { expert: leaf(), amateur: [{ ...leaf(), model: { ...model, id: 'abc#experts=1', name: 'moe, 1 expert' } }] },
    params: {},
  })
  expect([expertsOf('abc#experts=12'), expertsOf('abc'), fileIdOf('abc#experts=12'), fileIdOf('a#b')]).toEqual([
    12,
    undefined,
    'abc',
    'a#b',
  ])
})
