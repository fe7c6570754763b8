import { inForm } from '../../asking'
import type { RankerMethod } from './ranker-method'

export const ranker: RankerMethod = {
  name: 'likelihood',
  title: 'Likelihood under a model',
  formula: 'score(y) = log p(y | question) / number of tokens of y',
  summary:
    'Mean log-probability per token of the answer after the question (BARTScore’s idea with any language model). One reading for each candidate; likes common wording.',
  systems: ['reference-metrics'],
  needs: ['text', 'question'],
  async score({ question, candidates, model: ref, form }, context) {
    const model = await context.models.open(ref!)
    const prompt = await inForm(model, context, form, question)
    const continuations = candidates.map(({ text }) => (prompt.kind === 'text' && !/^\s/.test(text) ? ` ${text}` : text))
    const scores = await model.scoreContinuations({ prompt, continuations, end: true }, context.models.call)
    return scores.map(({ logprob, tokens }) => logprob / Math.max(1, tokens))
  },
}
