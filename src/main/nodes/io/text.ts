import { defineNode } from '../../node-runtime'

/** A constant text. */
export default defineNode(
  {
    type: 'text',
    version: 1,
    title: 'Text',
    family: 'io',
    summary: 'Holds a piece of text.',
    help: 'Type the text on the node itself. It flows on exactly as typed, line breaks and blanks included. To insert other texts into it, use **Prompt template**.',
    synonyms: ['string', 'constant', 'literal', 'input', 'prompt'],
    inputs: {},
    outputs: { text: { wire: 'text', summary: 'the text as typed' } },
    params: { text: { kind: 'text', default: '', multiline: true, placeholder: 'Type here', summary: 'the text' } },
    effect: 'pure',
    resource: 'cpu',
    face: 'text',
  },
  ({ params }) => ({ text: params.text }),
)
