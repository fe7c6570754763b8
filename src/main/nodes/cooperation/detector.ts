import type { Json } from '../../../shared/json'
import type { Claim, Verdict } from '../../../shared/value'
import { neutralOnly } from '../../claims/entail'
import { splitClaims } from '../../claims/split'
import { defineNode } from '../../node-runtime'
import { claimUnitParam } from '../common-params'
import { type DetectorMethod, requireNeeds, type Support } from './detectors/detector-method'
import { createChooser, evidenceUnits } from './evidence'
import { judgeParams } from './judge'
import { standAloneParam } from './stand-alone-param'

const order = ['words', 'entailment', 'chunks', 'samples', 'likelihood']
const methods = Object.values(import.meta.glob('./detectors/*.ts', { eager: true }) as Record<string, { detector?: DetectorMethod }>)
  .flatMap(({ detector }) => detector ?? [])
  .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))

/** Which statements of an answer deserve doubt. */
export default defineNode(
  {
    type: 'detector',
    version: 1,
    title: 'Detector',
    family: 'cooperation',
    survey: '5.3.1',
    paper: 'Laban et al. 2022, arXiv:2111.09525; Manakul et al. 2023, arXiv:2303.08896; Tang et al. 2024, arXiv:2404.10774',
    summary: 'Splits an answer into claims and scores how much each is supported.',
    help: [
      'Finds the claims of an answer and gives each a score of support from 0 to 1. Claims below the threshold are the **suspects**: the ones worth a second look, by the **NLI verifier** or a person.',
      '',
      ...methods.map(({ title, summary }) => `- **${title}**: ${summary}`),
      '',
      'An answer that claims nothing gives no claims and no score.',
    ].join('\n'),
    synonyms: ['hallucination', 'faithfulness', 'SelfCheckGPT', 'SummaC', 'MiniCheck', 'claims', 'groundedness', 'fact check'],
    systems: methods.flatMap((method) => method.systems),
    inputs: {
      answer: { wire: 'text', arity: 'one', summary: 'the answer' },
      documents: { wire: 'documents', arity: 'optional', summary: 'what it should rest on' },
      samples: { wire: 'candidates', arity: 'optional', summary: 'other answers to the same question' },
    },
    outputs: {
      claims: { wire: 'claims', summary: 'all claims, in order' },
      suspects: { wire: 'claims', summary: 'the claims below the threshold' },
      verdicts: { wire: 'verdicts', summary: 'supported or unknown, by the threshold' },
      scores: { wire: 'scores', summary: 'support of each claim, by its id' },
      report: { wire: 'json', summary: 'claims, scores, and the mean and least of them' },
    },
    params: {
      method: {
        kind: 'choice',
        default: 'words',
        summary: 'what counts as support',
        options: methods.map(({ name, title, summary }) => ({ value: name, title, summary })),
      },
      threshold: { kind: 'number', default: 0.5, min: 0, max: 1, step: 0.05, summary: 'claims with less support than this are suspects' },
      unit: claimUnitParam,
      model: {
        kind: 'model',
        default: null,
        needs: ['text', 'entailment'],
        optional: true,
        summary: 'the model that judges',
        when: { param: 'method', in: methods.filter(({ needs }) => needs.includes('model')).map(({ name }) => name) },
      },
      most: {
        kind: 'number',
        default: 8,
        min: 0,
        max: 1000,
        integer: true,
        unit: 'sentences',
        title: 'Sentences for a claim',
        summary: 'look only at those that share most words with it; 0: all',
        advanced: true,
      },
      standAlone: standAloneParam,
      ...judgeParams,
    },
    effect: 'pure',
    resource: 'model',
    face: 'method',
  },
  async ({ inputs, params, context }) => {
    const method = methods.find(({ name }) => name === params.method)!
    requireNeeds(method, { model: params.model, documents: inputs.documents, samples: inputs.samples })
    const claims = splitClaims(inputs.answer, params.unit, params.standAlone)
    const documents = inputs.documents ?? []
    const supports = await method.score(
      {
        answer: inputs.answer,
        claims,
        documents,
        samples: (inputs.samples ?? []).map(({ text }) => text),
        choose: createChooser(evidenceUnits(documents, 'sentence'), params.most),
        model: params.model,
        judge: params,
      },
      context,
    )
    const verdicts = claims.map((claim, index) => verdictOf(claim, supports[index]!, params.threshold))
    const known = supports.flatMap(({ score }) => score ?? [])
    return {
      claims,
      suspects: claims.filter((_, index) => verdicts[index]!.label !== 'supported'),
      verdicts,
      scores: claims.flatMap(({ id }, index) => (supports[index]!.score === null ? [] : [{ name: id, value: supports[index]!.score! }])),
      report: {
        method: method.name,
        mean: known.length === 0 ? null : known.reduce((sum, score) => sum + score, 0) / known.length,
        least: known.length === 0 ? null : Math.min(...known),
        claims: claims.map(({ id, text }, index) => ({ id, text, support: supports[index]!.score })),
      } satisfies Json,
    }
  },
)

/** A method of support does not refute; what it does not support is unknown. */
function verdictOf(claim: Claim, { score, by }: Support, threshold: number): Verdict {
  return {
    claim,
    label: score !== null && score >= threshold ? 'supported' : 'unknown',
    entailment: by?.entailment ?? neutralOnly,
    evidence: by === undefined ? [] : [by],
  }
}
