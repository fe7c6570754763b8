import type { ModelRef } from '../../../shared/value'
import type { TokenPrediction } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { promptOf } from '../ensemble/prompting'
import { continuationOf } from '../merging/continuation'
import type { Row } from '../merging/objectives'

/** What a model made of each token of an answer, and of its end. top: with so many of the likeliest tokens of each step. */
export async function answerSteps(
  ref: ModelRef,
  { prompt, answer }: Row,
  params: Parameters<typeof promptOf>[1],
  { models }: RunContext,
  top = 0,
): Promise<readonly TokenPrediction[]> {
  const asked = await promptOf([{ role: 'user', content: prompt }], params, ref, models)
  const model = await models.open(ref)
  const continuation = asked.kind === 'text' ? continuationOf(asked.text, answer) : answer
  const request = { prompt: asked, continuations: [continuation], end: true, steps: true, ...(top > 0 ? { top } : {}) } as const
  const [score] = await model.scoreContinuations(request, models.call)
  return score?.steps ?? []
}
