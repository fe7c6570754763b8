import { hashJson } from '../../../shared/hash'
import { defineNode } from '../../node-runtime'
import { encodeIndex } from '../../retrieval/index-bytes'
import { embedderParam } from '../common-params'
import { buildIndex } from './build-index'
import { chunkParams } from './chunk-params'

/** A search index that outlives the run. */
export default defineNode(
  {
    type: 'index-documents',
    version: 1,
    title: 'Index',
    family: 'cooperation',
    survey: '5.3.2',
    summary: 'Cuts documents into passages and makes them searchable.',
    help: [
      'The index is kept on disk under the hash of what it was made of: the same documents and settings are indexed once, ever.',
      '',
      'Every passage keeps its place in its document. With an **embedding model** the passages also get vectors, which searching by meaning needs; that costs one pass of the model over all the text.',
    ].join('\n'),
    synonyms: ['chunk', 'embed', 'vector store', 'vector database', 'RAG', 'BM25', 'split documents'],
    systems: ['bm25'],
    inputs: { documents: { wire: 'documents', arity: 'one', summary: 'the documents' } },
    outputs: {
      index: { wire: 'index', summary: 'the index' },
      passages: { wire: 'documents', summary: 'the passages, in order' },
    },
    params: {
      ...chunkParams,
      stem: { kind: 'boolean', default: true, title: 'English word stems', summary: 'find “lighthouses” by “lighthouse”', advanced: true },
      embedder: embedderParam('for searching by meaning; none: words only'),
      passagePrefix: {
        kind: 'text',
        default: '',
        placeholder: 'passage: ',
        summary: 'what the embedding model wants before each passage',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs, params, context }) => {
    const index = await buildIndex(inputs.documents, params, context)
    const blob = await context.blobs.put(encodeIndex(index))
    const key = hashJson({ documents: inputs.documents, params: { ...params, embedder: params.embedder?.id ?? null } })
    return {
      index: {
        key,
        blob,
        passages: index.passages.length,
        documents: inputs.documents.length,
        ...(params.embedder === null ? {} : { embedder: params.embedder }),
      },
      passages: [...index.passages],
    }
  },
)
