import { describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import type { DecodeProgram } from '../models/model'
import { decode } from './decode'
import { type FakeModel, FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { neutralSampler } from './sampler'

/** Each thing that a person can get wrong with distributions is one clear sentence, before a token is drawn wherever it can be known. */
const letters = fakeVocabulary(['a', 'b', 'c', ''])
const others = fakeVocabulary(['ab', 'a', 'b', 'c', ''])
const models: Record<string, FakeModel> = {
  plain: { vocabulary: letters, logits: hashedLogits(1, 4) },
  twin: { vocabulary: letters, logits: hashedLogits(2, 4) },
  other: { vocabulary: others, logits: hashedLogits(3, 5) },
  small: { vocabulary: letters, logits: hashedLogits(4, 4), contextTokens: 4 },
  recurrent: { vocabulary: others, logits: hashedLogits(5, 5), canTruncate: false },
  broken: { vocabulary: letters, logits: () => [0, Number.NaN, 0, 0] },
  endless: { vocabulary: letters, logits: () => [0, Number.POSITIVE_INFINITY, 0, 0] },
}
const lm = (id: string, text = 'abc'): DistributionExpression => fakeLeaf(id, text)
const op = (name: string, inputs: Record<string, unknown>, params = {}): DistributionExpression =>
  ({ op: name, inputs, params }) as DistributionExpression
const runtime = new FakeRuntime(models)
const run = (expression: DistributionExpression, more: Partial<DecodeProgram> = {}) =>
  decode({ expression, sampler: neutralSampler, maxTokens: 8, stop: [], seed: 1, ...more }, runtime, {
    signal: new AbortController().signal,
  })

describe('refused before anything is evaluated', () => {
  const refused: readonly (readonly [string, DistributionExpression, string, RegExp, Partial<DecodeProgram>?])[] = [
    [
      'two vocabularies',
      op('contrast', { expert: lm('plain'), amateur: lm('other') }),
      'vocabulary-mismatch',
      /plain and other cut text into different tokens/,
    ],
    [
      'a prompt that one model cannot hold',
      op('linear-mix', { models: [lm('plain', 'abcab'), lm('small', 'abcab')] }),
      'context-overflow',
      /5 tokens; small holds 4/,
    ],
    [
      'weights that leave nothing',
      op('linear-mix', { models: [lm('plain'), lm('twin')] }, { weights: [0, 0] }),
      'distribution-empty',
      /weights of a mixture are 0/,
    ],
    [
      'weights for other inputs',
      op('linear-mix', { models: [lm('plain'), lm('twin')] }, { weights: [1] }),
      'input-type',
      /1 numbers for 2 inputs/,
    ],
    ['a negative weight', op('linear-mix', { models: [lm('plain'), lm('twin')] }, { weights: [2, -1] }), 'input-type', /negative/],
    [
      'a setting beyond its range',
      op('contrast', { expert: lm('plain'), amateur: lm('twin') }, { plausibility: 2 }),
      'input-type',
      /“Plausibility” of Contrast is at most 1/,
    ],
    [
      'a setting that is not there',
      op('contrast', { expert: lm('plain'), amateur: lm('twin') }, { gamma: 1 }),
      'input-type',
      /no setting called “gamma”/,
    ],
    ['an operator that is not there', op('magic', {}), 'not-found', /no decoding operator called “magic”/],
    ['an input that is missing', op('contrast', { expert: lm('plain') }), 'input-missing', /nothing on its input “amateur”/],
    ['an empty prompt', lm('plain', ''), 'input-missing', /prompt of plain is empty/],
    [
      'a model that cannot follow other tokens',
      op('union-mix', { models: [lm('plain'), lm('other'), lm('recurrent')] }),
      'model-unsupported',
      /recurrent cannot take back tokens/,
    ],
    [
      'meanings without a table of embeddings',
      op('eva', { of: lm('other'), like: lm('plain') }),
      'model-unsupported',
      /other has no table of embeddings/,
    ],
    [
      'a drafter with other tokens',
      lm('plain'),
      'vocabulary-mismatch',
      /other/,
      { drafter: { drafter: 'model', model: { backend: 'fake', id: 'other', name: 'other' }, params: {} } },
    ],
  ]
  for (const [what, expression, code, message, more] of refused)
    it(what, async () => {
      const before = runtime.calls.length
      await expect(run(expression, more)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
      expect(runtime.calls.length).toBe(before)
    })

  it('different vocabularies, with the way out', async () => {
    await expect(run(op('linear-mix', { models: [lm('plain'), lm('other')] }))).rejects.toMatchObject({
      hint: expect.stringMatching(/Align vocabulary.*Average across vocabularies/),
    })
  })
})

describe('refused when it shows', () => {
  it.each(['broken', 'endless'])('a logit that is no number, with the name of the model: %s', async (id) => {
    await expect(run(op('linear-mix', { models: [lm('plain'), lm(id)] }))).rejects.toMatchObject({
      code: 'logits-invalid',
      message: expect.stringContaining(id),
    })
  })
})
