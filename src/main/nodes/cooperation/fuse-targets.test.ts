import { describe, expect, it } from 'vitest'
import type { Dataset, ModelRef } from '../../../shared/value'
import type { ScoreRequest, TokenPrediction } from '../../models/model'
import { runNode } from '../testing'
import fuseTargets from './fuse-targets'

const model = (name: string): ModelRef => ({ backend: 'fake', id: name, name })
const data: Dataset = { name: 'facts', columns: ['prompt', 'answer'], rows: [{ prompt: 'q:', answer: 'paris' }] }

/** The pupil writes " paris" as two tokens and believes "on"; the other as two others, or as the same. */
function world({ same = true, pupilLooksInside = true } = {}) {
  const step = (text: string, nats: number, top: readonly (readonly [string, number])[]): TokenPrediction => ({
    nats,
    entropy: 1,
    text,
    top,
  })
  const end = step('', 0.1, [['', 0.9]])
  const read: Record<string, TokenPrediction[]> = {
    pupil: [
      step(' par', 0.1, [[' par', 0.9]]),
      step('is', 2, [
        ['on', 0.7],
        ['is', 0.1],
      ]),
      end,
    ],
    other: same
      ? [
          step(' par', 0.1, [
            [' par', 0.8],
            [' pa', 0.1],
          ]),
          step('is', 0.2, [
            ['iz', 0.5],
            ['is', 0.3],
            ['on', 0.2],
          ]),
          end,
        ]
      : [step(' paris', 0.2, [[' paris', 0.9]]), end],
  }
  const nearest: Record<string, string> = { ' paris': ' par', iz: 'is', ' pa': ' par' }
  const open = async (ref: ModelRef) => ({
    ref,
    scoreAll: async (rows: readonly ScoreRequest[]) => rows.map(() => [{ logprob: 0, tokens: 0, steps: read[ref.name] ?? [] }]),
    describe: async () => ({ hasChatTemplate: false }),
    ...(pupilLooksInside ? { nearestTokens: async (texts: readonly string[]) => texts.map((text) => nearest[text] ?? text) } : {}),
  })
  return { models: { call: { signal: new AbortController().signal }, decode: () => Promise.reject(new Error('unused')), open } } as never
}
const run = (params: object, context = world()) =>
  runNode(fuseTargets, { inputs: { data, sources: [[model('other')]] }, params: { pupil: model('pupil'), ...params }, context })
const targetsOf = ({ outputs }: Awaited<ReturnType<typeof run>>) => (outputs.targets as Dataset).rows[0]

describe('targets fused of several models', () => {
  it('takes the likelihoods of the model that is least surprised, in the tokens of the pupil', async () => {
    const done = await run({ by: 'exact' })
    const { from, tokens, targets } = targetsOf(done) as unknown as { from: string; tokens: string[]; targets: [string, number][][] }
    expect([from, tokens]).toEqual(['other', [' par', 'is', '']])
    expect(targets[1]?.map(([text]) => text)).toEqual(['is', 'on'])
    expect(targets[1]?.[0]?.[1]).toBeCloseTo(0.6, 12)
    expect(done.outputs.report).toMatchObject([
      { name: 'pupil', moved: 1, chosen: 0 },
      { name: 'other', moved: 1, chosen: 1 },
    ])
  })
  it('by fewest edits gives what has no equal to its nearest, and the first that comes to a token has it', async () => {
    const [, step] = (targetsOf(await run({ by: 'edit' }))?.targets ?? []) as [string, number][][]
    expect(step?.map(([text]) => text)).toEqual(['is', 'on'])
    expect(step?.[0]?.[1]).toBeCloseTo(0.5 / 0.7, 12)
  })
  it('tells nothing of tokens that it could not lay beside each other, but which token came', async () => {
    const done = await run({ by: 'edit' }, world({ same: false }))
    expect(targetsOf(done)).toMatchObject({ targets: [[[' par', 1]], [['is', 1]], [['', 1]]] })
    expect(done.outputs.report).toMatchObject([{}, { moved: 1 / 3 }])
  })
  it('averages by surprise', async () => {
    const [, step = []] = (targetsOf(await run({ by: 'exact', fuse: 'average' }))?.targets ?? []) as [string, number][][]
    const [own, other] = [Math.exp(-2.2 / 3), Math.exp(-0.4 / 3)]
    expect(Object.fromEntries(step).is).toBeCloseTo((own * 0.1 + other * 0.6) / (own + other), 12)
  })
  it('refuses a pupil that nobody can look into', async () => {
    await expect(run({}, world({ pupilLooksInside: false }))).rejects.toMatchObject({ code: 'model-unsupported', place: { port: 'pupil' } })
  })
})
