import { buildPostings, openBm25 } from '../../retrieval/bm25'
import { splitSentences } from '../../retrieval/sentences'
import { queryTerms, tokenize } from '../../retrieval/tokenize'
import { defineCompressor, type Unit } from '../method'

/** Keeps the sentences that are nearest to the question, in their order. With an embedding model by cosine, else by BM25 over the sentences at hand. */
export default defineCompressor({
  name: 'extractive',
  title: 'Sentences that help answer (RECOMP)',
  summary: 'Keeps the sentences nearest to the question, by embeddings where an embedding model is chosen, else by shared words.',
  systems: ['recomp-extractive'],
  paper: 'Xu et al. 2023, arXiv:2310.04408',
  needs: ['question'],
  keepsBest: true,
  async score({ documents, question }, tools) {
    const spans = documents.flatMap((document, position) =>
      splitSentences(document.text).map((span) => ({ ...span, document: position, text: document.text.slice(span.start, span.end) })),
    )
    const titled = spans.map(({ document, text }) => `${documents[document]!.title ?? ''} ${text}`.trim())
    const values = tools.embed ? await byEmbedding(titled, question, tools.embed) : byWords(titled, question)
    const units: Unit[] = []
    for (const [index, { text, ...span }] of spans.entries()) {
      units.push({ ...span, value: values[index]!, tokens: await tools.countTokens(text) })
      tools.progress(index + 1, spans.length)
    }
    return units
  },
})

async function byEmbedding(
  texts: readonly string[],
  question: string,
  embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
): Promise<number[]> {
  const [query, ...vectors] = await embed([question, ...texts])
  return vectors.map((vector) => vector.reduce((sum, value, index) => sum + value * query![index]!, 0))
}

function byWords(texts: readonly string[], question: string): number[] {
  const postings = buildPostings(texts.map((text) => tokenize(text, { stem: true })))
  const values = Array<number>(texts.length).fill(0)
  for (const { index, score } of openBm25(postings).search(queryTerms(question, { stem: true, dropFunctionWords: true }), texts.length))
    values[index] = score
  return values
}
