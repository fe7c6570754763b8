import { defineNode } from '../../node-runtime'

/** Several texts as one. */
export default defineNode(
  {
    type: 'join-text',
    version: 1,
    title: 'Join texts',
    family: 'io',
    summary: 'Joins several texts into one, in their order.',
    help: 'Takes single texts and whole lists of texts. To put texts at certain places, use **Prompt template**.',
    synonyms: ['concatenate', 'merge text', 'combine', 'reduce', 'list to text'],
    inputs: { texts: { wire: 'text', arity: 'some', takesList: true, summary: 'the texts' } },
    outputs: { text: { wire: 'text', summary: 'all of them as one' } },
    params: { separator: { kind: 'text', default: '\n', multiline: true, summary: 'what stands between two texts' } },
    effect: 'pure',
    resource: 'cpu',
    face: 'separator',
  },
  ({ inputs, params }) => ({ text: inputs.texts.flat().join(params.separator) }),
)
