import { splitClaims } from '../../claims/split'
import { defineNode } from '../../node-runtime'
import { claimUnitParam } from '../common-params'
import { standAloneParam } from './stand-alone-param'

/** The statements of a text. */
export default defineNode(
  {
    type: 'split-claims',
    version: 1,
    title: 'Split into claims',
    family: 'cooperation',
    survey: '5.3.1',
    summary: 'Finds the single statements that an answer makes.',
    help: [
      'Sentences become claims, each with its place in the answer. Questions, headings, greetings and sentences that only decline to answer claim nothing.',
      '',
      '*Clauses* also cuts sentences at semicolons and before “and it …”, “but the …”: more, smaller claims, which are easier to check.',
      '',
      'A claim that opens with “it” or “they” is checked with the noun that was meant, taken from the claims before it; the mark still stands at the words of the answer.',
    ].join('\n'),
    synonyms: ['sentences', 'facts', 'decompose', 'decontextualise', 'atomic facts', 'statements'],
    systems: ['claim-decomposition'],
    inputs: { text: { wire: 'text', arity: 'one', summary: 'the answer' } },
    outputs: {
      claims: { wire: 'claims', summary: 'its claims, in order' },
      count: { wire: 'number', summary: 'how many there are' },
    },
    params: {
      unit: claimUnitParam,
      standAlone: standAloneParam,
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'unit',
  },
  ({ inputs, params }) => {
    const claims = splitClaims(inputs.text, params.unit, params.standAlone)
    return { claims, count: claims.length }
  },
)
