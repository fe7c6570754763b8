import type { Dataset, Document, Score } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { factLibrary } from '../worlds'

export default defineDemonstration({
  system: 'beir-bench',
  title: 'A retriever measured',
  expected:
    'Over the library of facts the measures tell a good setting from a bad one: nDCG@10 of BM25 is above 0.9, and above that of the same retriever with its order turned round by 0.1.',
  async run(context) {
    const { documents, questions } = await factLibrary(context)
    const { index } = await context.node('index-documents', { inputs: { documents }, params: { by: 'none' } })
    const found: Document[][] = []
    for (const { text } of questions)
      found.push((await context.node('retriever', { inputs: { query: text, index }, params: { k: 10 } })).documents as Document[])
    const dataset: Dataset = {
      name: 'facts',
      columns: ['question', 'document'],
      rows: questions.map(({ text, answer }) => ({ question: text, document: answer })),
    }
    const ndcg = async (results: readonly (readonly Document[])[]) => {
      const { scores } = await context.node('retrieval-scores', { inputs: { found: results, dataset }, params: { k: 10 } })
      return (scores as Score[]).find(({ name }) => name === 'nDCG@10')?.value ?? 0
    }
    const [good, turned] = [await ndcg(found), await ndcg(found.map((list) => [...list].reverse()))]
    return {
      effect: `nDCG@10: ${good.toFixed(3)} as found, ${turned.toFixed(3)} turned round (${questions.length} questions).`,
      pass: good > 0.9 && good > turned + 0.1,
      figures: { asFound: good, turned },
    }
  },
})
