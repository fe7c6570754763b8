import type { Document, Entailment, Evidence } from '../../../shared/value'
import { standAlone } from '../../claims/stand-alone'
import { buildPostings, openBm25 } from '../../retrieval/bm25'
import { countWords, packUnits } from '../../retrieval/chunk'
import { splitSentences } from '../../retrieval/sentences'
import { queryTerms, tokenize } from '../../retrieval/tokenize'

export const granularities = ['sentence', 'window', 'passage'] as const
export type Granularity = (typeof granularities)[number]

/** A piece of a document that may support a claim. */
export interface EvidenceUnit {
  readonly document: string
  readonly title?: string
  readonly text: string
  /** the text with the noun for a pronoun that opens it, where it has one: what a judge reads; `text` is what is quoted */
  readonly read?: string
}

/** Words in a window at most: a few sentences that are judged together. */
const windowWords = 80

/** What is shown to the judge at once: single sentences, windows of a few sentences that overlap by one, or passages as they are. */
export function evidenceUnits(documents: readonly Document[], by: Granularity): EvidenceUnit[] {
  const units = documents.flatMap((document) => {
    const pieces = piecesOf(document.text, by)
    const readable = standAlone(pieces)
    return pieces.map((text, index) => ({
      document: document.of ?? document.id,
      text,
      ...(readable[index] === text ? {} : { read: readable[index]! }),
      ...(document.title === undefined ? {} : { title: document.title }),
    }))
  })
  const seen = new Set<string>()
  return units.filter(({ document, text }) => {
    const key = `${document}\u0000${text}`
    return seen.has(key) ? false : seen.add(key)
  })
}

function piecesOf(text: string, by: Granularity): string[] {
  if (by === 'passage') return text.trim() === '' ? [] : [text.trim()]
  const sentences = splitSentences(text)
    .map(({ start, end }) => text.slice(start, end))
    .filter((sentence) => /\p{L}/u.test(sentence) && !/^#{1,6}\s/.test(sentence))
  if (by === 'sentence') return sentences
  return packUnits(sentences.map(countWords), windowWords, 1).map(([from, to]) => sentences.slice(from, to).join(' '))
}

/** A unit as evidence in a verdict: quoted as it stands in its document. */
export const asEvidence = ({ document, title, text }: EvidenceUnit, entailment: Entailment): Evidence => ({
  document,
  text,
  ...(title === undefined ? {} : { title }),
  entailment,
})

/** For each claim the `most` units that share most with it (0: all), in order of units; units without a shared word come last. */
export function createChooser(units: readonly EvidenceUnit[], most: number): (claim: string) => EvidenceUnit[] {
  if (most === 0 || units.length <= most) return () => [...units]
  const engine = openBm25(buildPostings(units.map(({ text, read }) => tokenize(read ?? text, { stem: true }))))
  return (claim) => {
    const hits = engine.search(queryTerms(claim, { stem: true, dropFunctionWords: true }), most).map(({ index }) => index)
    return hits.sort((a, b) => a - b).map((index) => units[index]!)
  }
}
