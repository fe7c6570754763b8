import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'

/** The texts of a folder or file that a person chose, or of a sample. */
export default defineNode(
  {
    type: 'documents',
    version: 1,
    title: 'Documents',
    family: 'io',
    summary: 'Reads the texts of a folder or file.',
    help: [
      'Reads `.txt`, `.md`, `.html`, `.pdf`, `.csv` and `.jsonl` files of a folder and its subfolders. Hidden files are skipped and links are not followed.',
      'A table (`.csv`, `.jsonl`) gives one document a row.',
      '',
      'Each document keeps its name, so that an answer can say where it comes from. The node runs again only when a file has changed.',
    ].join('\n'),
    synonyms: ['folder', 'files', 'pdf', 'markdown', 'load', 'corpus', 'knowledge', 'RAG'],
    inputs: {},
    outputs: { documents: { wire: 'documents', summary: 'one document for each file, page or row' } },
    params: {
      source: { kind: 'resource', default: null, accepts: ['folder', 'file'], summary: 'the folder or file to read' },
    },
    effect: 'reads-world',
    resource: 'io',
    face: 'source',
  },
  async ({ params, context }) => {
    requireChosen(params.source, 'a folder or file')
    const documents = await context.resources.documents(params.source, context.signal)
    if (documents.length === 0)
      throw new TributaryError('data-empty', 'The chosen folder has no document in it.', {
        hint: 'Choose a folder with txt, md, html, pdf, csv or jsonl files.',
        place: { port: 'source' },
      })
    context.progress(documents.length, documents.length, 'documents')
    return { documents }
  },
)

/** A resource param that was never set arrives as null. */
export function requireChosen(source: string | null, what: string): asserts source is string {
  if (source !== null && source !== '') return
  throw new TributaryError('input-missing', `No ${what.replace(/^an? /, '')} is chosen.`, {
    hint: `Choose ${what} in the inspector.`,
    place: { port: 'source' },
  })
}
