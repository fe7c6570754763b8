import { TributaryError } from '../../../shared/errors'
import type { ModelRef } from '../../../shared/value'
import { defineNode, type RunContext } from '../../node-runtime'
import { retrievalMethods } from '../../retrieval/catalog'
import { diversify } from '../../retrieval/fuse'
import { type OpenIndex, openIndex, passagesOf } from '../../retrieval/search'
import type { Hit } from '../../retrieval/top-k'
import { embedderParam } from '../common-params'
import { buildIndex } from './build-index'
import { chunkParams } from './chunk-params'
import { openStored } from './opened-indexes'

const methods = [...retrievalMethods.values()]
const withVectors = methods.filter((method) => method.needsVectors).map(({ name }) => name)
const withWords = methods.map(({ name }) => name).filter((name) => name !== 'dense')

/** The passages that a query is about. */
export default defineNode(
  {
    type: 'retriever',
    version: 1,
    title: 'Retriever',
    family: 'cooperation',
    survey: '5.3.2',
    paper: 'Robertson & Zaragoza 2009; Izacard et al. 2022, arXiv:2112.09118; Cormack et al. 2009',
    summary: 'Finds the passages that have to do with a query.',
    help: [
      'Takes documents, which it cuts into passages itself, or an index from the node **Index**, which is kept between runs and worth it for more than a few hundred pages.',
      '',
      '- *Shared words* needs no model and is hard to beat when the question uses the words of the text.',
      '- *Meaning* needs an embedding model; it finds other words for the same thing, and misses names and numbers now and then.',
      '- *Both* fuses the two rankings and is the safe choice where there is an embedding model.',
      '',
      'Passages come out best first, each with its score and its place in its document. Nothing found gives an empty list.',
    ].join('\n'),
    synonyms: ['RAG', 'search', 'BM25', 'vector search', 'semantic search', 'embedding', 'lookup', 'RRF', 'context'],
    systems: methods.flatMap((method) => method.systems),
    inputs: {
      query: { wire: 'text', arity: 'one', summary: 'what to look for' },
      documents: { wire: 'documents', arity: 'optional', summary: 'where to look; cut into passages here' },
      index: { wire: 'index', arity: 'optional', summary: 'where to look, prepared by the node Index' },
    },
    outputs: { documents: { wire: 'documents', summary: 'the passages found, best first, with scores' } },
    params: {
      method: {
        kind: 'choice',
        default: 'bm25',
        summary: 'what makes a passage fit',
        options: methods.map(({ name, title, summary }) => ({ value: name, title, summary })),
      },
      k: { kind: 'number', default: 5, min: 1, max: 1000, integer: true, unit: 'passages', title: 'How many', summary: 'passages at most' },
      embedder: {
        ...embedderParam('for searching by meaning in documents; an index brings its own'),
        when: { param: 'method', in: withVectors },
      },
      ...chunkParams,
      diversity: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 1,
        step: 0.05,
        summary: 'prefer passages unlike those already chosen; 0: relevance alone (needs an embedding model)',
        when: { param: 'method', in: withVectors },
        advanced: true,
      },
      fusion: {
        kind: 'choice',
        default: 'ranks',
        summary: 'how the two rankings become one',
        when: { param: 'method', in: ['hybrid'] },
        advanced: true,
        options: [
          { value: 'ranks', title: 'By rank (RRF)', summary: 'needs no tuning' },
          { value: 'scores', title: 'By score', summary: 'a weighted sum of scores brought to 0..1' },
        ],
      },
      alpha: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
        summary: 'weight of meaning against words',
        when: { param: 'fusion', in: ['scores'] },
        advanced: true,
      },
      k1: {
        kind: 'number',
        default: 1.2,
        min: 0,
        max: 10,
        step: 0.1,
        summary: 'how much a repeated word still counts',
        when: { param: 'method', in: withWords },
        advanced: true,
      },
      b: {
        kind: 'number',
        default: 0.75,
        min: 0,
        max: 1,
        step: 0.05,
        summary: 'how much long passages are held back',
        when: { param: 'method', in: withWords },
        advanced: true,
      },
      stem: {
        kind: 'boolean',
        default: true,
        title: 'English word stems',
        summary: 'find “lighthouses” by “lighthouse”',
        when: { param: 'method', in: withWords },
        advanced: true,
      },
      functionWords: {
        kind: 'boolean',
        default: false,
        title: 'Count function words',
        summary: 'let “the” and “is” of the query count too',
        when: { param: 'method', in: withWords },
        advanced: true,
      },
      queryPrefix: {
        kind: 'text',
        default: '',
        placeholder: 'query: ',
        summary: 'what the embedding model wants before a query',
        when: { param: 'method', in: withVectors },
        advanced: true,
      },
      passagePrefix: {
        kind: 'text',
        default: '',
        placeholder: 'passage: ',
        summary: 'what it wants before a passage',
        when: { param: 'method', in: withVectors },
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'model',
    face: 'method',
  },
  async ({ inputs, params, context }) => {
    const method = retrievalMethods.get(params.method)!
    const open = await openFor(inputs, params, method.needsVectors, context)
    if (inputs.query.trim() === '') return { documents: [] }
    const embedder = inputs.index?.embedder ?? params.embedder
    const vector = method.needsVectors ? await embedQuery(params.queryPrefix + inputs.query, requireEmbedder(embedder), context) : undefined
    const isDiverse = params.diversity > 0 && open.index.vectors !== undefined
    const hits = method.search(open, { text: inputs.query, ...(vector ? { vector } : {}) }, isDiverse ? params.k * 4 : params.k, {
      k1: params.k1,
      b: params.b,
      dropFunctionWords: !params.functionWords,
      fusion: params.fusion,
      alpha: params.alpha,
    })
    return { documents: passagesOf(open, isDiverse ? spreadOut(open, hits, 1 - params.diversity, params.k) : hits) }
  },
)

interface From {
  readonly documents: Parameters<typeof buildIndex>[0] | undefined
  readonly index: Parameters<typeof openStored>[0] | undefined
}

async function openFor(
  { documents, index }: From,
  params: Parameters<typeof buildIndex>[1],
  needsVectors: boolean,
  context: RunContext,
): Promise<OpenIndex> {
  if (index !== undefined) {
    if (documents !== undefined) context.warn('Both documents and an index are connected; the index is searched.')
    const open = await openStored(index, context.blobs)
    if (needsVectors && open.index.vectors === undefined)
      throw new TributaryError('input-type', 'The index holds no vectors, and this method searches by meaning.', {
        hint: 'Choose an embedding model in the node that builds the index, or search by shared words.',
        place: { port: 'index' },
      })
    return open
  }
  if (documents === undefined)
    throw new TributaryError('input-missing', 'The retriever has nothing to search in.', {
      hint: 'Connect documents or an index.',
      place: { port: 'documents' },
    })
  if (documents.length === 0)
    throw new TributaryError('data-empty', 'There are no documents to search in.', { place: { port: 'documents' } })
  const embedder = needsVectors ? requireEmbedder(params.embedder) : null
  return openIndex(await buildIndex(documents, { ...params, embedder }, context))
}

function requireEmbedder(embedder: ModelRef | null): ModelRef {
  if (embedder !== null) return embedder
  throw new TributaryError('input-missing', 'Searching by meaning needs an embedding model.', {
    hint: 'Choose one in the inspector, or search by shared words.',
    place: { port: 'embedder' },
  })
}

async function embedQuery(query: string, embedder: ModelRef, context: RunContext): Promise<Float32Array> {
  const [vector] = await (await context.models.open(embedder)).embed([query], context.models.call)
  return vector!
}

function spreadOut({ index }: OpenIndex, hits: readonly Hit[], lambda: number, k: number): Hit[] {
  const { data, dimensions } = index.vectors!
  const row = (hit: number) => data.subarray(hits[hit]!.index * dimensions, (hits[hit]!.index + 1) * dimensions)
  const similarity = (a: number, b: number) => row(a).reduce((sum, value, at) => sum + value * row(b)[at]!, 0)
  const best = Math.max(...hits.map(({ score }) => score))
  const relevance = hits.map(({ score }) => (best > 0 ? score / best : score))
  return diversify(relevance, similarity, lambda, k).map((place) => hits[place]!)
}
