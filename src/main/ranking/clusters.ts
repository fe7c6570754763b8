/** A text as weights of its words. */
export type WordWeights = ReadonlyMap<string, number>

export interface WordClusters {
  readonly idf: { readonly [word: string]: number }
  /** unit vectors */
  readonly centres: readonly { readonly [word: string]: number }[]
  /** texts in each cluster */
  readonly sizes: readonly number[]
}

/** TF-IDF of the words that occur in neither too few nor too many texts, of length one. */
export function weighWords(words: readonly string[], idf: WordClusters['idf']): WordWeights {
  const counts = new Map<string, number>()
  for (const word of words) if (Object.hasOwn(idf, word)) counts.set(word, (counts.get(word) ?? 0) + (idf[word] ?? 0))
  const length = Math.hypot(...counts.values()) || 1
  return new Map([...counts].map(([word, weight]) => [word, weight / length]))
}

/**
 * k-means over TF-IDF vectors, by cosine; the first centres are the texts farthest from those chosen before, so nothing is drawn by chance. Words in more than
 * 95 % or less than `leastShare` of the texts say nothing. Fewer texts than `k`: one cluster each. Srivatsa et al. 2024, arXiv:2405.00467.
 */
export function clusterTexts(texts: readonly (readonly string[])[], k: number, leastShare = 0.01): WordClusters {
  const occurs = new Map<string, number>()
  for (const words of texts) for (const word of new Set(words)) occurs.set(word, (occurs.get(word) ?? 0) + 1)
  const kept = [...occurs].filter(([, count]) => count <= 0.95 * texts.length && count >= leastShare * texts.length)
  const idf = Object.fromEntries(kept.map(([word, count]) => [word, Math.log((1 + texts.length) / (1 + count)) + 1]))
  const rows = texts.map((words) => weighWords(words, idf))
  let centres = firstCentres(rows, Math.min(k, rows.length))
  let nearest: number[] = []
  for (let round = 0; round < 50; round += 1) {
    const next = rows.map((row) => nearestOf(row, centres))
    if (next.every((cluster, i) => cluster === nearest[i])) break
    nearest = next
    centres = centres.map((centre, cluster) => {
      const members = rows.filter((_, i) => nearest[i] === cluster)
      return members.length === 0 ? centre : unitMean(members)
    })
  }
  return { idf, centres, sizes: centres.map((_, cluster) => nearest.filter((one) => one === cluster).length) }
}

/** The cluster of a text; one without known words belongs to the largest. */
export function clusterOf(words: readonly string[], { idf, centres, sizes }: WordClusters): number {
  const row = weighWords(words, idf)
  return row.size === 0 ? sizes.indexOf(Math.max(...sizes)) : nearestOf(row, centres)
}

/** The models that are right on at least `least` of a cluster's questions; the best alone where none is. accuracies [model], null: never asked. */
export function viableModels(accuracies: readonly (number | null)[], least: number): number[] {
  const viable = accuracies.flatMap((accuracy, model) => (accuracy !== null && accuracy >= least - 1e-12 ? [model] : []))
  if (viable.length > 0) return viable
  const known = accuracies.map((accuracy) => accuracy ?? -1)
  return [known.indexOf(Math.max(...known))]
}

const similarity = (row: WordWeights, centre: { readonly [word: string]: number }): number =>
  [...row].reduce((sum, [word, weight]) => sum + weight * (Object.hasOwn(centre, word) ? (centre[word] ?? 0) : 0), 0)

function nearestOf(row: WordWeights, centres: WordClusters['centres']): number {
  const near = centres.map((centre) => similarity(row, centre))
  return near.indexOf(Math.max(...near))
}

function firstCentres(rows: readonly WordWeights[], k: number): Record<string, number>[] {
  const centres: Record<string, number>[] = rows.length === 0 ? [] : [Object.fromEntries(rows[0] ?? [])]
  while (centres.length < k) {
    const near = rows.map((row) => Math.max(...centres.map((centre) => similarity(row, centre))))
    centres.push(Object.fromEntries(rows[near.indexOf(Math.min(...near))] ?? []))
  }
  return centres
}

function unitMean(rows: readonly WordWeights[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const row of rows) for (const [word, weight] of row) sums.set(word, (sums.get(word) ?? 0) + weight)
  const length = Math.hypot(...sums.values()) || 1
  return Object.fromEntries([...sums].map(([word, sum]) => [word, sum / length]))
}
