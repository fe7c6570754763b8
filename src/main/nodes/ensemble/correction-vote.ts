import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'
import { agreeOnCorrection, type Review } from '../../ranking/corrections'

/** Several reviewers of one text: is something wrong, where, and how should it read. */
export default defineNode(
  {
    type: 'correction-vote',
    version: 1,
    title: 'Vote on a correction',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Gundabathula & Kolar 2024',
    summary: 'Corrects a text only where most reviewers find the same sentence wrong.',
    help: [
      'Each candidate is one reviewer’s opinion, in one line: the number of the wrong sentence (from 1), a colon and the sentence as it should read, such as `2: the dose is 5 mg.`; or **correct**, where nothing is wrong. What cannot be read as either counts as *correct*.',
      '',
      'More than half must say that something is wrong; then the sentence that most name is replaced, by that of their corrections which is most like the others. Made for notes of which at most one sentence is wrong, as in the correction of clinical notes.',
    ].join('\n'),
    synonyms: ['clinical', 'medical', 'error detection', 'review', 'MEDIQA', 'majority', 'proofread', 'correct'],
    systems: ['clinical-ensemble'],
    inputs: {
      sentences: { wire: 'text', arity: 'some', takesList: true, summary: 'the sentences of the text, in order' },
      candidates: { wire: 'candidates', arity: 'one', summary: 'one opinion a reviewer' },
    },
    outputs: {
      text: { wire: 'text', summary: 'the text, corrected where most agree' },
      sentence: { wire: 'number', summary: 'the number of the corrected sentence; 0: none' },
      correction: { wire: 'text', summary: 'how it should read; empty: nothing is wrong' },
      share: { wire: 'number', summary: 'share of all reviewers who name this sentence, or find nothing wrong' },
    },
    params: {},
    effect: 'pure',
    resource: 'cpu',
  },
  ({ inputs }) => {
    const sentences = inputs.sentences.flat()
    if (sentences.length === 0) throw new TributaryError('data-empty', 'The text has no sentences.', { place: { port: 'sentences' } })
    const { sentence, correction, sentenceShare } = agreeOnCorrection(inputs.candidates.map(({ text }) => reviewOf(text, sentences.length)))
    const corrected = sentences.map((text, i) => (i === sentence ? correction : text))
    return { text: corrected.join(' '), sentence: (sentence ?? -1) + 1, correction, share: sentenceShare }
  },
)

function reviewOf(text: string, sentences: number): Review {
  const [, number, correction = ''] = /^\s*(\d{1,4})\s*[:.)]\s*(\S[\s\S]*?)\s*$/.exec(text) ?? []
  const sentence = Number(number) - 1
  return sentence >= 0 && sentence < sentences ? { sentence, correction } : { sentence: null, correction: '' }
}
