import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'
import { agreeOfThree } from '../../ranking/consensus'
import { normaliseAnswer, rougeL, wordsOf } from '../../ranking/overlap'

/** An answer that three sources bear out, or none. */
export default defineNode(
  {
    type: 'agree-of-three',
    version: 1,
    title: 'Agreement of three',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Lee et al. 2023, arXiv:2310.13961',
    summary: 'Keeps an answer only if three sources agree well enough.',
    help: [
      'Made for building training data: what is kept is right more often than any of the three sources alone.',
      'If the first answer equals another, it is kept; else the second, if it equals the third; else the one most like the two others, unless two of them have next to nothing in common. Strict keeps equal answers only.',
      '',
      'What is not kept comes out as an empty text with **agreed** false; a Map with *leave it out* drops such rows.',
    ].join('\n'),
    synonyms: ['Ensemble-Instruct', 'consensus', 'filter', 'synthetic data', 'quality control'],
    systems: ['ensemble-instruct'],
    inputs: {
      first: { wire: 'text', arity: 'one', summary: 'the answer to be borne out' },
      second: { wire: 'text', arity: 'one', summary: 'another source’s answer' },
      third: { wire: 'text', arity: 'one', summary: 'a third source’s answer' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the answer that is kept; empty if none' },
      agreed: { wire: 'boolean', summary: 'whether one was kept' },
    },
    params: {
      strict: { kind: 'boolean', default: false, summary: 'keep equal answers only' },
      least: {
        kind: 'number',
        default: 0.01,
        min: 0,
        max: 1,
        step: 0.01,
        summary: 'ROUGE-L that each two answers must exceed when none are equal',
        advanced: true,
      },
      fail: { kind: 'boolean', default: false, title: 'Fail without agreement', summary: 'so that a Map can leave the item out' },
    },
    effect: 'pure',
    resource: 'cpu',
  },
  ({ inputs: { first, second, third }, params }) => {
    const texts = [first, second, third]
    const plain = texts.map(normaliseAnswer) as [string, string, string]
    const kept = agreeOfThree(plain, (a, b) => rougeL(wordsOf(a), wordsOf(b)).f, params.strict ? 1 : params.least)
    const text = kept === null || plain[kept] === '' ? '' : texts[kept]!
    if (text === '' && params.fail) throw new TributaryError('node-failed', 'The three answers do not agree.')
    return { text, agreed: text !== '' }
  },
)
