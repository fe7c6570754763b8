import { keepWithin } from '../keep'
import { defineCompressor, type Unit } from '../method'
import { meanOf, measureUnits, splitUnits } from '../units'

const segmentWords = 100
/** tokens that the choice of whole documents may overdraw, so that the finer choice has something to choose from */
const contextSlack = 100

/**
 * Coarse to fine: whole documents are chosen by how surprising they are on average; then, segment after segment, the least surprising words go, judged given what was
 * kept before. Words of documents that were not chosen come last.
 */
export default defineCompressor({
  name: 'surprisal-words',
  title: 'Least surprising words go, segment by segment (LLMLingua)',
  summary: 'Drops words that a language model predicts easily; each segment is judged given the already shortened text before it.',
  systems: ['llmlingua'],
  paper: 'Jiang et al. 2023, arXiv:2310.05736',
  needs: ['information'],
  async score({ documents, share, isProtected }, tools) {
    const scored: Unit[][] = []
    for (const [position, { text }] of documents.entries()) {
      scored.push(await scoreDocument(text, position))
      tools.progress(position + 1, documents.length)
    }
    const lengths = scored.map((units) => units.reduce((sum, unit) => sum + unit.tokens, 0))
    const surprise = scored.map((units) => meanOf(units.map((unit) => unit.value)))
    const order = surprise.map((_, index) => index).sort((a, b) => surprise[b]! - surprise[a]! || a - b)
    const chosen = new Set(budgetDocuments(lengths, order, share * lengths.reduce((sum, length) => sum + length, 0)))
    return scored.flatMap((units, position) => (chosen.has(position) ? units : units.map((unit) => ({ ...unit, value: -Infinity }))))

    async function scoreDocument(text: string, document: number): Promise<Unit[]> {
      const words = splitUnits(text, 'word')
      const units: Unit[] = []
      let prefix = ''
      for (let at = 0; at < words.length; at += segmentWords) {
        const spans = words.slice(at, at + segmentWords)
        const from = spans[0]!.start
        const segment = text.slice(from, spans.at(-1)!.end)
        const local = spans.map((span) => ({ start: span.start - from, end: span.end - from }))
        const tokens = await tools.information!(segment, prefix)
        const own = measureUnits(segment, local, tokens).map(({ nats }, index) => ({
          ...spans[index]!,
          document,
          value: meanOf(nats),
          tokens: Math.max(1, nats.length),
        }))
        units.push(...own)
        const budget = Math.round(share * own.reduce((sum, unit) => sum + unit.tokens, 0))
        const kept = keepWithin(own, budget, (unit) => isProtected(text, unit))
        const survivors = own.filter((_, index) => kept[index]).map((unit) => text.slice(unit.start, unit.end))
        prefix = [prefix, ...survivors].join(' ').trim()
      }
      return units
    }
  },
})

/** Documents in `order` until their lengths exceed `target` and the slack; the one that exceeds it is still used. */
export function budgetDocuments(lengths: readonly number[], order: readonly number[], target: number, slack = contextSlack): number[] {
  const used: number[] = []
  let left = target + slack
  for (const index of order) {
    if (left < 0) break
    used.push(index)
    left -= lengths[index]!
  }
  return used
}
