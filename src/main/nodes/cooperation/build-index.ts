import { TributaryError } from '../../../shared/errors'
import type { Document, ModelRef } from '../../../shared/value'
import type { RunContext } from '../../node-runtime'
import { buildPostings } from '../../retrieval/bm25'
import { type ChunkStrategy, chunkDocuments } from '../../retrieval/chunk'
import { packVectors } from '../../retrieval/dense'
import type { SearchIndex } from '../../retrieval/index-bytes'
import { tokenize } from '../../retrieval/tokenize'

export interface IndexOptions {
  readonly by: ChunkStrategy | 'none'
  readonly size: number
  readonly overlap: number
  readonly stem: boolean
  readonly embedder: ModelRef | null
  /** what an embedding model wants before each passage */
  readonly passagePrefix: string
}

const batch = 16

/** Passages, their terms and, with an embedding model, their vectors. Titles count as words of their passages. No text at all throws `data-empty`. */
export async function buildIndex(documents: readonly Document[], options: IndexOptions, context: RunContext): Promise<SearchIndex> {
  const { by, size, overlap, stem } = options
  const passages =
    by === 'none' ? documents.filter(({ text }) => /[\p{L}\p{N}]/u.test(text)) : chunkDocuments(documents, { by, size, overlap })
  if (passages.length === 0)
    throw new TributaryError('data-empty', 'The documents hold no text that could be searched.', { place: { port: 'documents' } })
  const whole = passages.map(({ title, text }) => (title === undefined ? text : `${title}\n${text}`))
  const postings = buildPostings(whole.map((text) => tokenize(text, { stem })))
  if (options.embedder === null) return { passages, tokenizer: { stem }, postings }
  const vectors = await embedAll(
    whole.map((text) => options.passagePrefix + text),
    options.embedder,
    context,
  )
  return { passages, tokenizer: { stem }, postings, vectors: packVectors(vectors) }
}

/** Unit vectors of texts, in batches, with progress. */
export async function embedAll(texts: readonly string[], ref: ModelRef, context: RunContext): Promise<Float32Array[]> {
  const model = await context.models.open(ref)
  const vectors: Float32Array[] = []
  for (let at = 0; at < texts.length; at += batch) {
    context.signal.throwIfAborted()
    vectors.push(...(await model.embed(texts.slice(at, at + batch), context.models.call)))
    context.progress(vectors.length, texts.length, 'passages')
  }
  return vectors
}
