import { defineCompressor, type Unit } from '../method'
import { meanOf, measureUnits, splitUnits } from '../units'

/** How much the rate of the best document exceeds that of the middle one. */
const spread = 0.3

/**
 * A word counts as much as the question makes it less surprising; a document counts as much as it makes the question expected. The better documents keep more.
 */
export default defineCompressor({
  name: 'question-aware',
  title: 'Words that the question makes matter (LongLLMLingua)',
  summary:
    'Keeps the words whose surprise falls most when the question is known, and more of the documents from which the question would follow.',
  systems: ['longllmlingua'],
  paper: 'Jiang et al. 2023, arXiv:2310.06839',
  needs: ['question', 'information'],
  async score({ documents, question, share }, tools) {
    const information = tools.information!
    const asked: number[] = []
    for (const { text } of documents)
      asked.push(meanOf((await information(`${question} The answer is in the text above.`, `${text}\n`)).map(({ nats }) => nats)))
    const rates = spreadRates(asked, share)
    const units: Unit[] = []
    for (const [position, { text }] of documents.entries()) {
      const spans = splitUnits(text, 'word')
      const plain = measureUnits(text, spans, await information(text))
      const given = measureUnits(text, spans, await information(text, `${question}\n`))
      const gains = plain.map(({ nats }, index) => meanOf(nats) - meanOf(given[index]!.nats))
      const place = placesOf(gains)
      for (const [index, span] of spans.entries()) {
        // the share of the document's words that matter less: documents of a higher rate keep words further down
        const value = Number.isNaN(gains[index]!) ? Number.NaN : 1 - place[index]! + (rates[position]! - share)
        units.push({ document: position, ...span, value, tokens: Math.max(1, plain[index]!.nats.length) })
      }
      tools.progress(position + 1, documents.length)
    }
    return units
  },
})

/** Rates in order of rank: `share + d · (n - 1 - 2 · rank) / (n - 1)`, within 0..1; the lowest score ranks first. One document keeps the plain share. */
export function spreadRates(scores: readonly number[], share: number, d = spread): number[] {
  const n = scores.length
  if (n < 2) return scores.map(() => share)
  return scores.map((score, index) => {
    const rank = scores.filter((other, at) => other < score || (other === score && at < index)).length
    return Math.min(1, Math.max(0, share + (d * (n - 1 - 2 * rank)) / (n - 1)))
  })
}

/** For each value the share of values that are greater. */
function placesOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[b]! - values[a]! || a - b)
  const places = Array<number>(values.length)
  for (const [place, index] of order.entries()) places[index] = place / values.length
  return places
}
