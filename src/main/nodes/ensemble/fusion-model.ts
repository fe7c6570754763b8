import { TributaryError } from '../../../shared/errors'
import type { Candidate } from '../../../shared/value'
import type { LanguageModel } from '../../models/model'
import { defineNode, type RunContext } from '../../node-runtime'
import { formParam, inForm, write } from '../asking'
import { longestAnswerParam } from '../common-params'

const fuseTemplate =
  'Question: {{question}}\n\nHere are several answers to it, the best first:\n\n{{candidates}}\n\nWrite one answer that is better than each of them. Take over what is right, correct what is wrong, and do not mention the answers.'

/** One new answer, written out of the best of several. */
export default defineNode(
  {
    type: 'fusion-model',
    version: 1,
    title: 'Fusion model',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Jiang et al. 2023, arXiv:2306.02561',
    summary: 'Writes one answer out of the best of several.',
    help: [
      'The best candidates (by rank, else by score, else in order) are put before a model, each cut to a number of tokens, and it writes one answer.',
      'When there is only one candidate, or all say the same, it is passed on as it is.',
      '',
      'The template has the slots `{{question}}` and `{{candidates}}`; each candidate is written by **One candidate**, with `{{number}}`, `{{text}}`, `{{source}}`.',
    ].join('\n'),
    synonyms: ['GenFuser', 'LLM-Blender', 'merge answers', 'synthesise', 'combine', 'mixture of agents'],
    systems: ['genfuser'],
    inputs: {
      candidates: { wire: 'candidates', arity: 'one', summary: 'the answers, ranked or not' },
      question: { wire: 'text', arity: 'one', summary: 'what they answer' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the fused answer' },
      used: { wire: 'candidates', summary: 'the candidates that went in, best first' },
    },
    params: {
      model: { kind: 'model', default: null, needs: 'text', summary: 'the model that writes' },
      k: {
        kind: 'number',
        default: 3,
        min: 1,
        max: 20,
        integer: true,
        unit: 'candidates',
        title: 'How many',
        summary: 'the best so many go in',
      },
      length: {
        kind: 'number',
        default: 128,
        min: 8,
        max: 4096,
        integer: true,
        unit: 'tokens',
        title: 'Length of each',
        summary: 'a longer candidate is cut',
        advanced: true,
      },
      template: { kind: 'text', default: fuseTemplate, multiline: true, summary: 'the prompt, with {{question}} and {{candidates}}' },
      each: {
        kind: 'text',
        default: '[{{number}}] {{text}}',
        multiline: true,
        title: 'One candidate',
        summary: 'how a candidate is written',
        advanced: true,
      },
      separator: { kind: 'text', default: '\n', multiline: true, summary: 'what stands between candidates', advanced: true },
      form: formParam,
      maxTokens: longestAnswerParam(256),
      temperature: { kind: 'number', default: 0, min: 0, max: 2, step: 0.1, summary: '0: always the likeliest token', advanced: true },
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    streams: true,
  },
  async ({ inputs, params, context }) => {
    const used = topOf(inputs.candidates, params.k)
    const first = used[0]
    if (first === undefined) throw new TributaryError('data-empty', 'There are no candidates to fuse.', { place: { port: 'candidates' } })
    if (used.every(({ text }) => text.trim() === first.text.trim())) return { text: first.text, used }
    const model = await context.models.open(params.model)
    const written: string[] = []
    for (const [index, candidate] of used.entries()) {
      const values = {
        number: String(index + 1),
        text: await cut(candidate.text.trim(), params.length, model, context),
        source: candidate.source ?? '',
      }
      written.push(fill(params.each, values))
    }
    const prompt = await inForm(
      model,
      context,
      params.form,
      fill(params.template, { question: inputs.question, candidates: written.join(params.separator) }),
    )
    const { text } = await write(context, params.model, prompt, params)
    return { text: text.trim(), used }
  },
)

const fill = (template: string, values: Record<string, string>): string =>
  template.replace(/\{\{(\w+)\}\}/g, (slot, name: string) => (Object.hasOwn(values, name) ? values[name]! : slot))

function topOf(candidates: readonly Candidate[], k: number): Candidate[] {
  const value = ({ rank, score }: Candidate) => (rank === undefined ? (score ?? 0) : -rank)
  return candidates
    .map((candidate, index) => ({ candidate, index }))
    .sort((a, b) => value(b.candidate) - value(a.candidate) || a.index - b.index)
    .slice(0, k)
    .map(({ candidate }) => candidate)
}

/** The first `most` tokens, with an ellipsis where something was cut. */
async function cut(text: string, most: number, model: LanguageModel, context: RunContext): Promise<string> {
  let words = text.split(/(?<=\s)/)
  const count = async () => (await model.tokenize(words.join(''), context.models.call)).length
  let tokens = await count()
  if (tokens <= most) return text
  while (tokens > most && words.length > 1) {
    words = words.slice(0, Math.max(1, Math.min(words.length - 1, Math.floor((words.length * most) / tokens))))
    tokens = await count()
  }
  return `${words.join('').trimEnd()}…`
}
