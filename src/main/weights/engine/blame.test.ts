import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import { holdFresh } from '../../executor/held'
import { plainCodec } from '../convert/codec'
import { merge, resolveToy, toy, toyRef } from '../testing/toys'
import { writeModel } from '../write-model'
import { inlinePool } from './pools'

const folder = mkdtempSync(join(tmpdir(), 'blame-'))
afterAll(() => rmSync(folder, { recursive: true }))

const [base, math, facts] = [toy('toy-base'), toy('toy-math'), toy('toy-facts')]

/** What writing it fails with. */
const failureOf = (expression: WeightsExpression): Promise<TributaryError> =>
  writeModel(
    join(folder, 'x.gguf'),
    { expression, name: 'x', dtype: 'keep', recipe: {} },
    { resolve: resolveToy, codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
  ).then(
    () => expect.unreachable('it was written'),
    (error: TributaryError) => error,
  )

const weighted = (method: string, ...weights: number[]): WeightsExpression => ({
  op: 'merge',
  method,
  models: weights.map((weight, at) => ({ weights: [math, facts][at] ?? base, params: { weight } })),
  ...(method === 'linear' ? {} : { base }),
  params: { normalize: true },
  seed: 0,
})

describe('what cannot be written tells which step is to blame, by the hash of what it gave', () => {
  it.each<[string, WeightsExpression]>([
    ['settings that do not fit, found before anything is read', merge('linear', [math, facts], { base })],
    ['models that do not fit', merge('average', [math, { op: 'delta', tuned: math, base }])],
    ['a weighted sum that has no answer', weighted('linear', 1, -1)],
    ['a sum of pruned changes that has no answer', weighted('dare-linear', 1, -1)],
    ['a model that is not there', { op: 'load', model: toyRef('gone') }],
  ])('%s', async (_, step) => {
    const { sha } = holdFresh('weights', false, step, []).held
    expect((await failureOf(step)).place.value).toBe(sha)
    const later = await failureOf(merge('average', [math, step]))
    expect(later.place.value, 'and not the later one').toBe(sha)
  })
})
