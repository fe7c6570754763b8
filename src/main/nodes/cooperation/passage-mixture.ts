import { TributaryError } from '../../../shared/errors'
import type { DistributionExpression } from '../../../shared/expression'
import type { Document } from '../../../shared/value'
import { softmax } from '../../claims/entail'
import { defineNode } from '../../node-runtime'
import { promptOf, promptParams } from '../ensemble/prompting'
import { fillTemplate } from '../io/prompt-template'

/** One model reads the passages side by side, one each, and their predictions are averaged. */
export default defineNode(
  {
    type: 'passage-mixture',
    version: 1,
    title: 'Passage mixture',
    family: 'cooperation',
    survey: '5.3.2',
    paper: 'Shi et al. 2023, arXiv:2301.12652',
    summary: 'Lets a model read each passage by itself and averages what it would say next.',
    help: [
      'In place of one long prompt there are as many short ones as passages; at each token their predictions are averaged, weighted by how well each passage fits (*softmax* of the scores divided by the temperature). All of them go on with the token that was chosen.',
      '',
      'Small models read one passage well and several together badly. The cost is one reading for each passage and, for each token, one step for each passage.',
      '',
      'A low temperature trusts the best passage; a high one weighs all alike. Raw BM25 scores differ by several units, cosines by tenths: look at **weights**. Without scores all weigh the same; without passages the plain prompt remains. Connect **distribution** to a Decoder.',
    ].join('\n'),
    synonyms: ['REPLUG', 'ensemble of passages', 'RAG', 'fusion in decoder', 'retrieval augmented', 'mixture'],
    systems: ['replug'],
    inputs: {
      documents: { wire: 'documents', arity: 'one', summary: 'the passages, with scores' },
      question: { wire: 'text', arity: 'one', summary: 'what is asked of them' },
    },
    outputs: {
      distribution: { wire: 'distribution', summary: 'the averaged prediction' },
      weights: { wire: 'scores', summary: 'the weight of each passage' },
    },
    params: {
      model: { kind: 'model', default: null, needs: 'distribution', summary: 'the model that reads' },
      prompt: {
        kind: 'text',
        default: 'Text: {{title}}\n{{text}}\n\nQuestion: {{question}}\nAnswer briefly.',
        multiline: true,
        summary: 'the prompt for one passage: {{text}}, {{title}}, {{question}}',
      },
      k: {
        kind: 'number',
        default: 4,
        min: 1,
        max: 32,
        integer: true,
        unit: 'passages',
        title: 'How many',
        summary: 'the first so many are read',
      },
      softness: {
        kind: 'number',
        default: 1,
        min: 0.01,
        max: 100,
        step: 0.1,
        title: 'Temperature of weights',
        summary: 'low: the best passage alone; high: all alike',
      },
      ...promptParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs, params, context }) => {
    const passages = inputs.documents.slice(0, params.k)
    const read = async ({ title = '', text }: Pick<Document, 'title' | 'text'>): Promise<DistributionExpression> => {
      const content = fillTemplate(params.prompt, { title, text, question: inputs.question })
      const prompt = await promptOf([{ role: 'user', content }], params, params.model, context.models)
      return { op: 'lm', model: params.model, prompt }
    }
    if (inputs.question.trim() === '')
      throw new TributaryError('input-missing', 'The passage mixture has no question.', { place: { port: 'question' } })
    const weights = weightsOf(passages, params.softness)
    const branches: DistributionExpression[] = []
    for (const passage of passages) branches.push(await read(passage))
    const [only] = branches
    const distribution: DistributionExpression =
      branches.length > 1 ? { op: 'linear-mix', inputs: { models: branches }, params: { weights } } : (only ?? (await read({ text: '' })))
    return { distribution, weights: passages.map(({ id }, index) => ({ name: id, value: weights[index]! })) }
  },
)

/** Uniform as soon as one passage has no score. */
function weightsOf(passages: readonly Document[], softness: number): number[] {
  if (passages.length === 0) return []
  const scores = passages.map(({ score }) => score)
  return softmax(scores.every((score) => score !== undefined) ? scores.map((score) => score / softness) : scores.map(() => 0))
}
