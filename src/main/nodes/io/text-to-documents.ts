import { defineNode } from '../../node-runtime'
import { splitParagraphs, splitSentences } from '../../retrieval/sentences'

const splitters = {
  whole: (text: string) => [{ start: 0, end: text.length }],
  paragraphs: splitParagraphs,
  sentences: splitSentences,
  lines: (text: string) => [...text.matchAll(/[^\n]+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
} as const

/** Texts as documents, whole or in pieces. */
export default defineNode(
  {
    type: 'text-to-documents',
    version: 1,
    title: 'Text to documents',
    family: 'io',
    summary: 'Makes documents of texts.',
    help: 'Each text becomes a document, or one document for each of its paragraphs, sentences or lines. Pieces of only white space are left out.',
    synonyms: ['split', 'passages', 'context', 'evidence'],
    inputs: { texts: { wire: 'text', arity: 'some', takesList: true, summary: 'the texts' } },
    outputs: { documents: { wire: 'documents', summary: 'the documents, in order' } },
    params: {
      by: {
        kind: 'choice',
        default: 'whole',
        options: [
          { value: 'whole', title: 'Each text whole' },
          { value: 'paragraphs', title: 'Paragraphs' },
          { value: 'sentences', title: 'Sentences' },
          { value: 'lines', title: 'Lines' },
        ],
        title: 'Split',
        summary: 'what becomes a document',
      },
      title: { kind: 'text', default: '', summary: 'the title of every document; empty for none' },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'by',
  },
  ({ inputs, params }) => ({
    documents: inputs.texts.flat().flatMap((text, number) =>
      splitters[params.by](text)
        .filter(({ start, end }) => text.slice(start, end).trim() !== '')
        .map(({ start, end }, piece) => ({
          id: params.by === 'whole' ? `text${number + 1}` : `text${number + 1}#${piece}`,
          text: text.slice(start, end),
          ...(params.title === '' ? {} : { title: params.title }),
          ...(params.by === 'whole' ? {} : { of: `text${number + 1}`, start, end }),
        })),
    ),
  }),
)
