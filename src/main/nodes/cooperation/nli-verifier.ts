import type { Evidence, Score, Verdict } from '../../../shared/value'
import { factScore, fullFacts, judgeClaim } from '../../claims/agree'
import { defineNode } from '../../node-runtime'
import { asEvidence, createChooser, evidenceUnits } from './evidence'
import { createJudge, judgeParams } from './judge'

/** Whether documents support claims, by natural-language inference with any model. */
export default defineNode(
  {
    type: 'nli-verifier',
    version: 1,
    title: 'NLI verifier',
    family: 'cooperation',
    survey: '5.3.1',
    paper: 'Chen et al. 2023; Min et al. 2023, arXiv:2305.14251; Tang et al. 2024, arXiv:2404.10774',
    summary: 'Decides for each claim whether the documents support it, contradict it, or do not tell.',
    help: [
      'An NLI model (an encoder that reads evidence and claim together) is the judge made for this, and the fastest.',
      '',
      'Any language model serves as judge, too. It is asked whether the evidence supports the claim, and the probabilities of *yes*, *no* and *unknown* are read off directly: nothing is written, nothing is parsed, and the same question gives the same answer.',
      'Models too small to judge (below about 900 MB) are not asked: the claim is read with and without the evidence, and the share of its surprise that the evidence takes away decides. Numbers are compared as they stand. That finds support well, and contradiction only in numbers.',
      '',
      'Each claim meets one piece of evidence at a time; the strongest piece decides. Models that are asked judge single sentences much better than whole passages; where the share of surprise decides, a few sentences at a time are best, since the first often names what the next is about. Facts that only several sentences together support need windows or passages.',
      '',
      'A claim is *supported* or *refuted* when the probability is above the threshold, else *unknown*. Without documents every claim is unknown. The cost is one short reading for each claim and piece of evidence.',
      '',
      '**scores** gives the share of supported claims, the FActScore (which holds very short answers back) and counts.',
    ].join('\n'),
    synonyms: ['fact check', 'entailment', 'hallucination', 'faithfulness', 'FActScore', 'MiniCheck', 'attribution', 'judge', 'verify'],
    systems: ['nli-max', 'factscore', 'retrieval-support'],
    inputs: {
      claims: { wire: 'claims', arity: 'one', summary: 'the claims to check' },
      documents: { wire: 'documents', arity: 'one', summary: 'the evidence' },
    },
    outputs: {
      verdicts: { wire: 'verdicts', summary: 'one for each claim, with evidence' },
      scores: { wire: 'scores', summary: 'share supported, FActScore, and counts' },
    },
    params: {
      model: { kind: 'model', default: null, needs: ['text', 'entailment'], title: 'Judge', summary: 'the model that judges' },
      by: {
        kind: 'choice',
        default: 'sentence',
        title: 'Evidence at a time',
        summary: 'how much evidence the judge sees at once',
        options: [
          { value: 'sentence', title: 'One sentence' },
          { value: 'window', title: 'A few sentences' },
          { value: 'passage', title: 'A whole passage' },
        ],
      },
      threshold: { kind: 'number', default: 0.5, min: 0, max: 1, step: 0.05, summary: 'a verdict needs a probability above this' },
      most: {
        kind: 'number',
        default: 8,
        min: 0,
        max: 1000,
        integer: true,
        unit: 'pieces',
        title: 'Pieces for a claim',
        summary: 'judge only the pieces that share most words with the claim; 0: all',
      },
      conflict: {
        kind: 'choice',
        default: 'stronger',
        title: 'When evidence disagrees',
        summary: 'one piece supports, another contradicts',
        advanced: true,
        options: [
          { value: 'stronger', title: 'The stronger decides' },
          { value: 'support-first', title: 'Any support counts' },
        ],
      },
      keep: {
        kind: 'number',
        default: 3,
        min: 0,
        max: 50,
        integer: true,
        unit: 'pieces',
        title: 'Evidence kept',
        summary: 'pieces of evidence that a verdict carries',
        advanced: true,
      },
      ...judgeParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { claims, documents }, params, context }) => {
    const choose = createChooser(evidenceUnits(documents, params.by), params.most)
    const judge = await createJudge(params.model, params, context)
    const verdicts: Verdict[] = []
    for (const claim of claims) {
      const evidence: Evidence[] = []
      for (const unit of choose(claim.text)) evidence.push(asEvidence(unit, await judge(unit.read ?? unit.text, claim.text)))
      verdicts.push(judgeClaim(claim, evidence, params))
      context.progress(verdicts.length, claims.length, 'claims')
    }
    return { verdicts, scores: summarise(verdicts) }
  },
)

/** Of no claims there is no share and no FActScore. */
export function summarise(verdicts: readonly Verdict[]): Score[] {
  const count = (label: Verdict['label']) => verdicts.filter((verdict) => verdict.label === label).length
  const supported = count('supported')
  const claims = verdicts.length
  const fact = factScore(supported, claims)
  const held =
    claims < fullFacts
      ? `the supported share times e^(1 − ${fullFacts}/${claims}): answers of fewer than ${fullFacts} claims are held back`
      : 'the supported share; there are claims enough'
  return [
    ...(fact === null
      ? []
      : [
          { name: 'supported share', value: supported / claims, says: `${supported} of ${claims} claims` },
          { name: 'FActScore', value: fact, says: held },
        ]),
    { name: 'supported', value: supported },
    { name: 'refuted', value: count('refuted') },
    { name: 'unknown', value: count('unknown') },
  ]
}
