import type { Document } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { fillTemplate } from './prompt-template'

/** Documents written one after the other, for a prompt. */
export default defineNode(
  {
    type: 'documents-to-text',
    version: 1,
    title: 'Documents to text',
    family: 'io',
    summary: 'Writes documents one after the other into one text.',
    help: [
      'Each document is written by a template with these slots: `{{number}}` (from 1), `{{id}}`, `{{title}}`, `{{text}}`, `{{source}}`, `{{score}}`; what a document does not have is empty.',
      'Without documents the text is empty.',
    ].join('\n'),
    synonyms: ['context', 'stuff', 'concatenate', 'join', 'passages', 'prompt'],
    inputs: { documents: { wire: 'documents', arity: 'one', summary: 'documents or passages, best first' } },
    outputs: { text: { wire: 'text', summary: 'all of them as one text' } },
    params: {
      each: { kind: 'text', default: '[{{number}}] {{title}}\n{{text}}', multiline: true, summary: 'how one document is written' },
      separator: { kind: 'text', default: '\n\n', multiline: true, summary: 'what stands between two documents' },
      limit: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 10_000,
        integer: true,
        unit: 'documents',
        summary: 'write only so many; 0 writes all',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'each',
  },
  ({ inputs, params }) => {
    const documents = params.limit > 0 ? inputs.documents.slice(0, params.limit) : inputs.documents
    return { text: documents.map((document, index) => writeDocument(params.each, document, index + 1)).join(params.separator) }
  },
)

function writeDocument(template: string, { id, title = '', text, source = '', score }: Document, number: number): string {
  return fillTemplate(template, { number, id, title, text, source, score: score === undefined ? '' : score.toFixed(4) }).trim()
}
