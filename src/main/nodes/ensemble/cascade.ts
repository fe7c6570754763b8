import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { isAbstention } from '../../claims/split'
import type { Decoded } from '../../models/model'
import { defineNode } from '../../node-runtime'
import { normaliseAnswer } from '../../ranking/overlap'
import { countVotes } from '../../ranking/vote'
import { formParam, inForm, write } from '../asking'
import { longestAnswerParam } from '../common-params'

/** Models in order of price; the first that is sure enough answers. */
export default defineNode(
  {
    type: 'cascade',
    version: 1,
    title: 'Cascade',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Chen et al. 2023, arXiv:2305.05176; Yue et al. 2024, arXiv:2310.03094',
    summary: 'Asks models in order of price and stops at the first that is sure.',
    help: [
      'The models are asked in the order of their wires, the cheapest first. An answer is taken when its **sureness** reaches the threshold; the last model’s answer is always taken.',
      '',
      '- *Probability of the answer*: of the whole answer, under the model that wrote it. For short answers.',
      '- *Probability per token*: the geometric mean; for long answers.',
      '- *Agreement of samples*: several samples are drawn; the share of the most common answer counts. Unreadable samples count against it. Costs as many decodings as samples.',
      '',
      'Threshold 0 always takes the first model, above 1 always the last. Answers that decline (“unknown”) are never taken while a model is left, if **Go on when it declines** is set.',
    ].join('\n'),
    synonyms: ['FrugalGPT', 'fallback', 'escalate', 'small first', 'cheap first', 'self-consistency', 'cost'],
    systems: ['frugalgpt', 'mot-cascade'],
    inputs: {
      prompt: { wire: 'text', arity: 'one', summary: 'the prompt to be answered' },
      models: { wire: 'model', arity: 'some', takesList: true, summary: 'the models, cheapest first' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the answer' },
      model: { wire: 'model', summary: 'the model that gave it' },
      asked: { wire: 'number', summary: 'how many models were asked' },
      candidates: { wire: 'candidates', summary: 'every answer on the way, with its sureness as score' },
      report: { wire: 'json', summary: 'who was asked, how sure, and how many tokens it took' },
    },
    params: {
      threshold: { kind: 'number', default: 0.8, min: 0, max: 1.01, step: 0.05, summary: 'an answer as sure as this is taken' },
      sureness: {
        kind: 'choice',
        default: 'answer',
        summary: 'how sure an answer is',
        options: [
          { value: 'answer', title: 'Probability of the answer' },
          { value: 'token', title: 'Probability per token' },
          { value: 'agreement', title: 'Agreement of samples' },
        ],
      },
      samples: {
        kind: 'number',
        default: 5,
        min: 2,
        max: 100,
        integer: true,
        unit: 'samples',
        summary: 'drawn from each model',
        when: { param: 'sureness', in: ['agreement'] },
      },
      temperature: {
        kind: 'number',
        default: 0.8,
        min: 0.1,
        max: 2,
        step: 0.1,
        summary: 'of the samples',
        when: { param: 'sureness', in: ['agreement'] },
      },
      declines: {
        kind: 'boolean',
        default: true,
        title: 'Go on when it declines',
        summary: 'an answer such as “unknown” goes to the next model',
      },
      form: formParam,
      maxTokens: longestAnswerParam(128),
      stop: {
        kind: 'text',
        default: '',
        placeholder: '\\n',
        summary: 'an answer ends before this text; \\n stands for a line break; empty: nowhere',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    streams: true,
  },
  async ({ inputs, params, context }) => {
    const models = inputs.models.flat()
    if (models.length === 0) throw new TributaryError('data-empty', 'The cascade has no models.', { place: { port: 'models' } })
    const stop = params.stop === '' ? [] : [params.stop.replaceAll('\\n', '\n')]
    const steps: { model: string; text: string; sureness: number; tokens: number }[] = []
    for (const [position, ref] of models.entries()) {
      const prompt = await inForm(await context.models.open(ref), context, params.form, inputs.prompt)
      const count = params.sureness === 'agreement' ? params.samples : 1
      const answers: Decoded[] = []
      for (let sample = 0; sample < count; sample += 1) {
        const temperature = params.sureness === 'agreement' ? params.temperature : 0
        answers.push(
          await write(context, ref, prompt, { maxTokens: params.maxTokens, temperature, stop, seed: (context.seed + sample) >>> 0 }),
        )
      }
      const { text, sureness } = params.sureness === 'agreement' ? agreement(answers) : certainty(answers[0]!, params.sureness)
      steps.push({ model: ref.name, text, sureness, tokens: answers.reduce((sum, { tokens }) => sum + tokens, 0) })
      context.progress(position + 1, models.length, 'models')
      if (sureness >= params.threshold && !(params.declines && isAbstention(text))) break
    }
    const last = steps.at(-1)!
    return {
      text: last.text,
      model: models[steps.length - 1]!,
      asked: steps.length,
      candidates: steps.map(({ model, text, sureness, tokens }) => ({ text, source: model, score: sureness, tokens })),
      report: steps as unknown as Json,
    }
  },
)

function certainty({ text, logprob, tokens }: Decoded, per: 'answer' | 'token'): { text: string; sureness: number } {
  return { text: text.trim(), sureness: Math.exp(per === 'answer' ? logprob : logprob / Math.max(1, tokens)) }
}

function agreement(answers: readonly Decoded[]): { text: string; sureness: number } {
  const [winner] = countVotes(answers.map(({ text }) => ({ key: isAbstention(text) ? null : normaliseAnswer(text) || null })))
  return winner
    ? { text: answers[winner.first]!.text.trim(), sureness: winner.share }
    : { text: answers[0]?.text.trim() ?? '', sureness: 0 }
}
