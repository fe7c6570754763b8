import type { ModelRef } from '../../../shared/value'
import type { ScoreRequest, TokenPrediction } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { promptOf } from '../ensemble/prompting'
import { continuationOf } from '../merging/continuation'
import type { Row } from '../merging/objectives'

/** What a model made of each token of each answer, and of its end. top: with so many of the likeliest tokens of each step. */
export async function answersSteps(
  ref: ModelRef,
  rows: readonly Row[],
  params: Parameters<typeof promptOf>[1],
  { models }: RunContext,
  top = 0,
): Promise<(readonly TokenPrediction[])[]> {
  const model = await models.open(ref)
  const requests: ScoreRequest[] = []
  for (const { prompt, answer } of rows) {
    const asked = await promptOf([{ role: 'user', content: prompt }], params, ref, models)
    const continuation = asked.kind === 'text' ? continuationOf(asked.text, answer) : answer
    requests.push({ prompt: asked, continuations: [continuation], end: true, steps: true, ...(top > 0 ? { top } : {}) })
  }
  return (await model.scoreAll(requests, models.call)).map(([score]) => score?.steps ?? [])
}
