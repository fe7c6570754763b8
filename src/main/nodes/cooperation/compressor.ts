import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { Document } from '../../../shared/value'
import { compressionMethods } from '../../compression/catalog'
import { compress } from '../../compression/compress'
import type { CompressorInput } from '../../compression/method'
import { defineNode } from '../../node-runtime'
import { embedderParam } from '../common-params'
import { compressorTools } from './measure'

const order = ['extractive', 'self-information', 'surprisal-words', 'question-aware', 'impact-words', 'lead']
const methods = [...compressionMethods.values()].sort((a, b) => ((order.indexOf(a.name) + 99) % 99) - ((order.indexOf(b.name) + 99) % 99))
const usesEmbedder = ['extractive', 'impact-words']

/** The same documents in fewer tokens. */
export default defineNode(
  {
    type: 'compressor',
    version: 1,
    title: 'Compressor',
    family: 'cooperation',
    survey: '5.1.1',
    paper: 'Li 2023, arXiv:2304.12102; Jiang et al. 2023, arXiv:2310.05736; Xu et al. 2023, arXiv:2310.04408',
    summary: 'Shortens documents to what a model needs of them.',
    help: [
      'A shorter prompt is read faster and costs less memory. The methods drop sentences or words; they never write new ones, so what is left can be quoted.',
      '',
      ...methods.map(({ title, summary }) => `- **${title}**: ${summary}`),
      '',
      'The budget is a share of the tokens or a number of them, counted by the chosen model (by words where none is chosen). A budget of everything changes nothing. Protected parts stay even when that breaks the budget.',
      '',
      '**report** tells what was kept and dropped, with the value of each part.',
    ].join('\n'),
    synonyms: ['prompt compression', 'LLMLingua', 'selective context', 'RECOMP', 'summarise', 'shorten', 'prune', 'context window'],
    systems: methods.flatMap((method) => method.systems),
    inputs: {
      documents: { wire: 'documents', arity: 'optional', summary: 'what to shorten' },
      text: { wire: 'text', arity: 'optional', summary: 'a text to shorten, in place of documents or after them' },
      question: { wire: 'text', arity: 'optional', summary: 'what the documents are needed for' },
    },
    outputs: {
      documents: { wire: 'documents', summary: 'the shortened documents, in order; those of which nothing is left are gone' },
      text: { wire: 'text', summary: 'the same as one text' },
      report: { wire: 'json', summary: 'tokens before and after, and what happened to each part' },
    },
    params: {
      method: {
        kind: 'choice',
        default: 'extractive',
        summary: 'what makes a part worth keeping',
        options: methods.map(({ name, title, summary }) => ({ value: name, title, summary })),
      },
      budget: {
        kind: 'choice',
        default: 'share',
        summary: 'how much may stay',
        options: [
          { value: 'share', title: 'A share of the tokens' },
          { value: 'tokens', title: 'A number of tokens' },
        ],
      },
      share: {
        kind: 'number',
        default: 0.5,
        min: 0.01,
        max: 1,
        step: 0.05,
        summary: 'the share that may stay',
        when: { param: 'budget', in: ['share'] },
      },
      tokens: {
        kind: 'number',
        default: 400,
        min: 1,
        max: 1_000_000,
        integer: true,
        unit: 'tokens',
        summary: 'the number that may stay',
        when: { param: 'budget', in: ['tokens'] },
      },
      model: {
        kind: 'model',
        default: null,
        needs: 'text',
        optional: true,
        summary: 'the small model that judges, and whose tokens are counted',
      },
      embedder: {
        ...embedderParam('compares sentences with the question (none: shared words), or a sentence with what is left of it'),
        when: { param: 'method', in: usesEmbedder },
      },
      level: {
        kind: 'choice',
        default: 'phrase',
        title: 'Drop',
        summary: 'the smallest part that is dropped',
        when: { param: 'method', in: ['self-information'] },
        options: [
          { value: 'sentence', title: 'Sentences' },
          { value: 'phrase', title: 'Phrases' },
          { value: 'word', title: 'Words' },
        ],
      },
      keepNumbers: {
        kind: 'boolean',
        default: true,
        title: 'Protect numbers',
        summary: 'parts with a digit always stay (where words or phrases are dropped)',
        advanced: true,
      },
      keepNames: {
        kind: 'boolean',
        default: false,
        title: 'Protect names',
        summary: 'capitalised words always stay (where words or phrases are dropped)',
        advanced: true,
      },
      keepQuotes: {
        kind: 'boolean',
        default: false,
        title: 'Protect quotations',
        summary: 'parts with quotation marks always stay',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'model',
    face: 'method',
  },
  async ({ inputs, params, context }) => {
    const method = compressionMethods.get(params.method)!
    const documents = gather(inputs.documents, inputs.text)
    const question = inputs.question?.trim() ?? ''
    if (method.needs.includes('question') && question === '')
      throw new TributaryError('input-missing', `The method “${method.title}” needs the question.`, {
        hint: 'Connect the question, or choose another method.',
        place: { port: 'question' },
      })
    if (method.needs.includes('information') && params.model === null)
      throw new TributaryError('input-missing', `The method “${method.title}” needs a small language model.`, {
        hint: 'Choose one in the inspector.',
        place: { port: 'model' },
      })
    if (method.needs.includes('embedding') && params.embedder === null)
      throw new TributaryError('input-missing', `The method “${method.title}” needs an embedding model.`, {
        hint: 'Choose one in the inspector.',
        place: { port: 'embedder' },
      })
    const tools = await compressorTools(params.model, usesEmbedder.includes(params.method) ? params.embedder : null, context)
    let total = 0
    for (const { text } of documents) total += await tools.countTokens(text)
    const share = params.budget === 'share' || total === 0 ? params.share : Math.min(1, params.tokens / total)
    const { documents: kept, report } = await compress(
      method,
      { documents, question, share, level: params.level, isProtected: protection(params) },
      tools,
    )
    if (report.tokensAfter > Math.round(report.tokensBefore * share))
      context.warn('The budget is less than what is protected, or than the best part alone; exactly that was kept.')
    return { documents: kept, text: kept.map(({ text }) => text).join('\n\n'), report: report as unknown as Json }
  },
)

function gather(documents: readonly Document[] | undefined, text: string | undefined): Document[] {
  if (documents === undefined && text === undefined)
    throw new TributaryError('input-missing', 'The compressor has nothing to shorten.', {
      hint: 'Connect documents or a text.',
      place: { port: 'documents' },
    })
  return [...(documents ?? []), ...(text === undefined ? [] : [{ id: 'text', text }])]
}

interface Protection {
  readonly method: string
  readonly level: string
  readonly keepNumbers: boolean
  readonly keepNames: boolean
  readonly keepQuotes: boolean
}

/** Numbers and names occur in most sentences: protecting whole sentences for them would drop nothing. */
function protection({ method, level, keepNumbers, keepNames, keepQuotes }: Protection): CompressorInput['isProtected'] {
  const isFine =
    ['surprisal-words', 'question-aware', 'impact-words'].includes(method) || (method === 'self-information' && level !== 'sentence')
  return (text, { start, end }) => {
    const piece = text.slice(start, end)
    return (
      (isFine && keepNumbers && /\d/.test(piece)) ||
      (isFine && keepNames && /\p{Lu}\p{L}+/u.test(piece)) ||
      (keepQuotes && /["“”«»]/.test(piece))
    )
  }
}
