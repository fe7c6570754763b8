import type { Document } from '../../shared/value'
import { type Bm25, type Bm25Options, openBm25 } from './bm25'
import { searchDense } from './dense'
import type { SearchIndex } from './index-bytes'
import { queryTerms } from './tokenize'
import type { Hit } from './top-k'

export interface SearchOptions extends Bm25Options {
  readonly dropFunctionWords: boolean
  readonly fusion: 'ranks' | 'scores'
  /** weight of the dense list when scores are fused, 0..1 */
  readonly alpha: number
}

/** An index ready for queries; BM25 is opened once for each setting. */
export interface OpenIndex {
  readonly index: SearchIndex
  sparse(query: string, k: number, options: SearchOptions): Hit[]
  dense(query: Float32Array, k: number): Hit[]
}

export function openIndex(index: SearchIndex): OpenIndex {
  let opened: { k1: number; b: number; engine: Bm25 } | undefined
  return {
    index,
    sparse(query, k, { k1, b, dropFunctionWords }) {
      if (opened?.k1 !== k1 || opened.b !== b) opened = { k1, b, engine: openBm25(index.postings, { k1, b }) }
      return opened.engine.search(queryTerms(query, { ...index.tokenizer, dropFunctionWords }), k)
    },
    dense: (query, k) => (index.vectors ? searchDense(index.vectors, query, k) : []),
  }
}

/** A way to search, one file each in `methods/`. */
export interface RetrievalMethod {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly systems: readonly string[]
  readonly needsVectors: boolean
  /** At most `k` hits, best first. `vector` is the query's, where the method needs it. */
  search(open: OpenIndex, query: { text: string; vector?: Float32Array }, k: number, options: SearchOptions): Hit[]
}

export const defineRetrieval = (method: RetrievalMethod): RetrievalMethod => method

/** The passages of hits, each with its score. */
export const passagesOf = (open: OpenIndex, hits: readonly Hit[]): Document[] =>
  hits.map(({ index, score }) => ({ ...open.index.passages[index]!, score }))
