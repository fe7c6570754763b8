import { defineNode } from '../../node-runtime'
import { splitParagraphs, splitSentences } from '../../retrieval/sentences'

/** A text as a list of its parts. */
export default defineNode(
  {
    type: 'split-text',
    version: 1,
    title: 'Split text',
    family: 'io',
    summary: 'Cuts a text into a list of texts.',
    help: 'The nodes after it run once for each part. Parts are trimmed, and empty ones are left out.',
    synonyms: ['lines', 'sentences', 'paragraphs', 'list', 'chunk', 'foreach'],
    inputs: { text: { wire: 'text', arity: 'one', summary: 'the text to cut' } },
    outputs: { texts: { wire: 'text', list: true, summary: 'the parts, in order' } },
    params: {
      by: {
        kind: 'choice',
        default: 'lines',
        options: [
          { value: 'lines', title: 'Lines' },
          { value: 'paragraphs', title: 'Paragraphs' },
          { value: 'sentences', title: 'Sentences' },
          { value: 'separator', title: 'A separator' },
        ],
        summary: 'where the text is cut',
      },
      separator: { kind: 'text', default: ',', when: { param: 'by', in: ['separator'] }, summary: 'what stands between two parts' },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'by',
  },
  ({ inputs: { text }, params }) => {
    const cut = ({ start, end }: { start: number; end: number }) => text.slice(start, end)
    const parts = {
      lines: () => text.split('\n'),
      paragraphs: () => splitParagraphs(text).map(cut),
      sentences: () => splitSentences(text).map(cut),
      separator: () => (params.separator === '' ? [text] : text.split(params.separator)),
    }[params.by]()
    return { texts: parts.map((part) => part.trim()).filter((part) => part !== '') }
  },
)
