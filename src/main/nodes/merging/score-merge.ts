import type { WeightsExpression } from '../../../shared/expression'
import type { ModelRef } from '../../../shared/value'
import { defineNode, type RunContext } from '../../node-runtime'
import { refuse } from '../../weights/settings'
import { createJudge, judgeParams } from '../cooperation/judge'
import { withModelOf } from './measuring'
import { answersOf, answersTo, lossOfWeights, type Row } from './objectives'
import { searchedRows, searchedRowsParams } from './searched-rows'

/** One number for a merge: what a search over anything ends in. */
export default defineNode(
  {
    type: 'score-merge',
    version: 1,
    title: 'Score a merge',
    family: 'merging',
    summary: 'Writes a merge for a moment, lets it answer rows of a dataset, and tells one number.',
    help: `For comparing merges, and for searches over anything: inside a **Loop**, *Next candidate* → a Merger (or any part of a graph that gives weights) → **Score a merge** → *Record candidate*. Of right answers, a judge’s score and tokens a second the highest is best, of perplexity and entropy the lowest.

A judge reads each answer against the one in the row and tells how likely it says the same: an NLI model is made for this, any language model serves. Tokens a second are those of this machine while nothing else runs; they differ between models of other depth, not between weights of one shape.`,
    synonyms: ['objective', 'accuracy', 'perplexity', 'entropy', 'judge', 'speed', 'evaluate', 'fitness', 'search'],
    survey: '3',
    inputs: {
      weights: { wire: 'weights', arity: 'one', summary: 'the merge' },
      data: { wire: 'dataset', arity: 'one', summary: 'prompts and answers' },
    },
    outputs: { score: { wire: 'number', summary: 'the number that was chosen' } },
    params: {
      measure: {
        kind: 'choice',
        default: 'accuracy',
        title: 'Score',
        summary: 'what is told of the merge',
        options: [
          { value: 'accuracy', title: 'share of right answers', summary: 'that match exactly; highest is best' },
          { value: 'perplexity', title: 'perplexity of the answers', summary: 'lowest is best' },
          { value: 'entropy', title: 'entropy while it answers', summary: 'in nats, without answers; lowest is best' },
          {
            value: 'judge',
            title: 'a judge’s opinion',
            summary: 'how likely each answer says what the row says, on average; highest is best',
          },
          { value: 'speed', title: 'tokens a second', summary: 'while it answers, here; highest is best' },
        ],
      },
      judge: {
        kind: 'model',
        default: null,
        needs: ['text', 'entailment'],
        optional: true,
        title: 'Judge',
        summary: 'the model that judges',
        when: { param: 'measure', in: ['judge'] },
      },
      ...searchedRowsParams,
    },
    effect: 'pure',
    resource: 'model',
    face: 'measure',
  },
  async ({ inputs: { weights, data }, params, context }) => {
    const rows = searchedRows(data, params)
    switch (params.measure) {
      case 'accuracy':
        return { score: 1 - (await lossOfWeights(weights, rows, 'accuracy', context)) }
      case 'perplexity':
        return { score: Math.exp(await lossOfWeights(weights, rows, 'likelihood', context)) }
      case 'entropy':
        return { score: await lossOfWeights(weights, rows, 'entropy', context) }
      case 'judge':
        return {
          score: await judged(weights, rows, params.judge ?? refuse('Score a merge', 'needs a model that judges', 'Choose one.'), context),
        }
      default:
        return { score: await tokensASecond(weights, rows, context) }
    }
  },
)

/** How likely the answers say what the rows say, on average: 0 to 1. */
async function judged(weights: WeightsExpression, rows: readonly Row[], by: ModelRef, context: RunContext): Promise<number> {
  const answers = await answersOf(weights, rows, context)
  const judge = await createJudge(by, { format: judgeParams.format.default, calibrate: judgeParams.calibrate.default }, context)
  let sum = 0
  for (const [i, { prompt, answer }] of rows.entries()) sum += (await judge(`${prompt} ${answer}`, `${prompt} ${answers[i]}`)).entailment
  return sum / rows.length
}

/** Of the answers' tokens, over the time that writing them took; loading is not counted. */
const tokensASecond = (weights: WeightsExpression, rows: readonly Row[], context: RunContext): Promise<number> =>
  withModelOf(weights, context, async (model) => {
    await context.models.open(model)
    let tokens = 0
    const from = performance.now()
    // one after the other: side by side is another speed
    for (const row of rows) for (const answer of await answersTo([row], model, context, false)) tokens += answer.tokens
    return (1000 * tokens) / Math.max(1e-3, performance.now() - from)
  })
