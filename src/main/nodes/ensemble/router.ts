import { TributaryError } from '../../../shared/errors'
import type { ModelRef } from '../../../shared/value'
import { defineNode, type RunContext } from '../../node-runtime'
import { tokenize } from '../../retrieval/tokenize'

/** One model out of several, for this prompt. */
export default defineNode(
  {
    type: 'router',
    version: 1,
    title: 'Router',
    family: 'ensemble',
    survey: '4.1',
    summary: 'Chooses, for each prompt, the model that should answer it.',
    help: [
      '- **By perplexity**: every model reads the prompt, and the one it surprises least takes it: specialists know the prompts they were trained on. One short reading a model; nothing is trained. Only for models with one vocabulary is the perplexity per token comparable; for others choose *per character*.',
      '- **By words**: rules name words and the model they belong to; the rule with most words in the prompt wins, the earlier of equal ones; without any the last model takes it. No model runs.',
      '- **In turn**: each prompt draws one model by the seed (Blending): with several models of about equal strength, a chat that changes hands is livelier than each alone.',
      '',
      'Connect **model** to the node that answers. Only the chosen model is then used.',
    ].join('\n'),
    synonyms: ['route', 'switch', 'dispatch', 'mixture of experts', 'select model', 'perplexity', 'if', 'RouteLLM', 'blending'],
    systems: ['blending'],
    inputs: {
      prompt: { wire: 'text', arity: 'one', summary: 'the prompt to be answered' },
      models: { wire: 'model', arity: 'some', takesList: true, summary: 'the models to choose from' },
    },
    outputs: {
      model: { wire: 'model', summary: 'the chosen model' },
      choice: { wire: 'number', summary: 'its place among the models, from 0' },
      scores: { wire: 'scores', summary: 'what spoke for each model, greater is better' },
    },
    params: {
      method: {
        kind: 'choice',
        default: 'perplexity',
        summary: 'what decides',
        options: [
          { value: 'perplexity', title: 'By perplexity of the prompt' },
          { value: 'words', title: 'By words' },
          { value: 'random', title: 'In turn, by chance' },
        ],
      },
      per: {
        kind: 'choice',
        default: 'token',
        title: 'Perplexity per',
        summary: 'what surprise is divided by',
        when: { param: 'method', in: ['perplexity'] },
        options: [
          { value: 'token', title: 'Token' },
          { value: 'character', title: 'Character', summary: 'for models with different vocabularies' },
        ],
      },
      rules: {
        kind: 'json',
        default: [],
        summary: 'one list of words for each model, in the order of the models, e.g. [["plus", "minus"], ["capital"]]',
        when: { param: 'method', in: ['words'] },
      },
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    face: 'method',
  },
  async ({ inputs, params, context }) => {
    const models = inputs.models.flat()
    if (models.length === 0)
      throw new TributaryError('data-empty', 'The router has no models to choose from.', { place: { port: 'models' } })
    const scores =
      params.method === 'perplexity'
        ? await byPerplexity(inputs.prompt, models, params.per, context)
        : params.method === 'words'
          ? byWords(inputs.prompt, models, params.rules)
          : models.map((_, index) => (index === Math.floor((context.seed / 2 ** 32) * models.length) ? 1 : 0))
    const choice = scores.indexOf(Math.max(...scores))
    return { model: models[choice]!, choice, scores: models.map(({ name }, index) => ({ name, value: scores[index]! })) }
  },
)

/** Minus the mean surprise of the prompt. Where nothing stands before the first token, it has no surprise and does not count. */
async function byPerplexity(
  prompt: string,
  models: readonly ModelRef[],
  per: 'token' | 'character',
  context: RunContext,
): Promise<number[]> {
  const scores: number[] = []
  for (const ref of models) {
    context.signal.throwIfAborted()
    const tokens = (await (await context.models.open(ref)).surprisal(prompt, context.models.call)).filter(
      ({ nats }, index) => index > 0 || nats > 0,
    )
    const nats = tokens.reduce((sum, token) => sum + token.nats, 0)
    scores.push(tokens.length === 0 ? 0 : -nats / (per === 'token' ? tokens.length : prompt.length))
    context.progress(scores.length, models.length, 'models')
  }
  return scores
}

/** The last model takes what no rule knows: its score is one half. */
function byWords(prompt: string, models: readonly ModelRef[], rules: unknown): number[] {
  const lists = Array.isArray(rules) ? rules : []
  if (lists.length === 0 || !lists.every((list) => Array.isArray(list) && list.every((word) => typeof word === 'string')))
    throw new TributaryError('input-type', 'The rules are not a list of lists of words.', {
      hint: 'Write one list of words for each model, e.g. [["plus", "minus"], ["capital"]].',
      place: { port: 'rules' },
    })
  const words = new Set(tokenize(prompt, { stem: true }))
  const occurs = (word: string) => {
    const parts = tokenize(word, { stem: true })
    return parts.length === 0 ? word.trim() !== '' && prompt.includes(word.trim()) : parts.every((part) => words.has(part))
  }
  return models.map((_, index) => {
    const list = (lists[index] ?? []) as string[]
    const hits = list.filter((word) => occurs(word)).length
    return Math.max(hits, index === models.length - 1 ? 0.5 : 0)
  })
}
