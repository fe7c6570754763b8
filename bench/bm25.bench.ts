import Database from 'better-sqlite3'
import { buildPostings, openBm25 } from '../src/main/retrieval/bm25'

/**
 * BM25 over synthetic passages of 40 to 160 words, words drawn by Zipf's law from 50,000; queries as people write them: three to six words, most of them telling,
 * some common. Beside it SQLite's FTS5 on the same passages and queries, terms joined by OR. Goal: 0.05 ms a query on 100,000 passages.
 * `node bench/run.mjs bm25 [passages] [queries]`
 */
export default function benchBm25([passagesText = '100000', queriesText = '1000']: readonly string[]): void {
  const [count, queryCount] = [Number(passagesText), Number(queriesText)]
  const random = mulberry(1)
  const draw = zipf(50_000, random)
  const passages = Array.from({ length: count }, () => Array.from({ length: 40 + Math.floor(random() * 121) }, () => `w${draw()}`))
  // telling words are of ranks 100 to 20,000; now and then one of the hundred commonest stands among them
  const telling = () => `w${Math.floor(100 * 200 ** random())}`
  const queries = Array.from({ length: queryCount }, () =>
    Array.from({ length: 3 + Math.floor(random() * 4) }, () => (random() < 0.15 ? `w${draw() % 100}` : telling())),
  )

  const built = time(() => buildPostings(passages))
  const opened = time(() => openBm25(built.value))
  for (const query of queries.slice(0, 100)) opened.value.search(query, 10)
  const times = queries.map((query) => time(() => opened.value.search(query, 10)).ms).sort((a, b) => a - b)
  console.log(
    `BM25, ${count} passages, ${built.value.documents.length} postings: built in ${built.ms.toFixed(0)} ms, opened in ${opened.ms.toFixed(0)} ms`,
  )
  report('kernel', times)
  report('FTS5', fts5(passages, queries.slice(0, 100)))
  console.log('goal: 0.05 ms a query (median)')
}

function fts5(passages: readonly string[][], queries: readonly string[][]): number[] {
  const database = new Database(':memory:')
  database.exec('create virtual table passages using fts5(text)')
  const insert = database.prepare('insert into passages (rowid, text) values (?, ?)')
  database.transaction(() => {
    for (const [index, words] of passages.entries()) insert.run(index + 1, words.join(' '))
  })()
  const search = database.prepare('select rowid, bm25(passages) as score from passages where passages match ? order by score limit 10')
  const times = queries.map((query) => time(() => search.all(query.map((word) => `"${word}"`).join(' OR '))).ms)
  database.close()
  return times.sort((a, b) => a - b)
}

function report(name: string, sorted: readonly number[]): void {
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(4)
  const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length
  console.log(`${name.padEnd(8)} median ${at(0.5)} ms, mean ${mean.toFixed(4)} ms, 95th percentile ${at(0.95)} ms a query`)
}

function time<T>(work: () => T): { value: T; ms: number } {
  const start = performance.now()
  const value = work()
  return { value, ms: performance.now() - start }
}

/** Ranks from 1 with probability proportional to 1 / rank, by inverting the sum of it. */
function zipf(most: number, random: () => number): () => number {
  const sums = new Float64Array(most)
  for (let rank = 1, total = 0; rank <= most; rank += 1) {
    total += 1 / rank
    sums[rank - 1] = total
  }
  return () => {
    const wanted = random() * sums[most - 1]!
    let [low, high] = [0, most - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}

function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
