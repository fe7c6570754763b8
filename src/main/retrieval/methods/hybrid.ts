import { type Fused, fuseRanks, fuseScores } from '../fuse'
import { defineRetrieval } from '../search'
import type { Hit } from '../top-k'

/** how many of each list meet */
const depth = 100

export default defineRetrieval({
  name: 'hybrid',
  title: 'Both (hybrid)',
  summary: 'Searches by words and by meaning and fuses the two rankings, by rank or by score.',
  systems: ['hybrid-retrieval'],
  needsVectors: true,
  search(open, query, k, options) {
    const sparse = open.sparse(query.text, Math.max(k, depth), options)
    const dense = query.vector ? open.dense(query.vector, Math.max(k, depth)) : []
    const fused: Fused[] =
      options.fusion === 'ranks'
        ? fuseRanks([dense, sparse].map((list) => list.map(({ index }) => String(index))))
        : fuseScores(dense.map(toFused), sparse.map(toFused), options.alpha)
    return fused.slice(0, k).map(({ id, score }): Hit => ({ index: Number(id), score }))
  },
})

const toFused = ({ index, score }: Hit): Fused => ({ id: String(index), score })
