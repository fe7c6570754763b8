import type { Claim } from '../../shared/value'
import { type Span, splitSentences, trim } from '../retrieval/sentences'
import { standAlone } from './stand-alone'

export type ClaimUnit = 'sentence' | 'clause'

/** Statements that decline to answer: they claim nothing about the world. */
const abstention =
  /^\W*(?:unknown|n\/?a|none|no answer|not (?:given|stated|mentioned|known|enough information)|i (?:do not|don['’]t|cannot|can['’]t|am not|['’]m not|could not|couldn['’]t)\b.*|(?:the )?(?:context|documents?|text|passages?) (?:do|does) not\b.*)\W*$/i
const greeting = /^\W*(?:yes|no|sure|certainly|of course|hello|hi|thanks?(?: you)?|you['’]?re welcome|here (?:is|are)\b.*:)\W*$/i

export const isAbstention = (text: string): boolean => text.trim() === '' || abstention.test(text.trim())

/**
 * The statements of an answer, in order, each with its UTF-16 offsets in it. Questions, headings, greetings and refusals to answer claim nothing and are left out.
 * `clause` also cuts at semicolons and before a conjunction that opens a new clause. With `isStandingAlone` a pronoun that opens a claim is replaced by what it means; the
 * offsets still point to the words of the answer. Empty text gives no claims.
 */
export function splitClaims(answer: string, unit: ClaimUnit = 'sentence', isStandingAlone = false): Claim[] {
  const spans = splitSentences(answer).map((span) => withoutMarker(answer, span))
  const found = spans
    .filter((span) => isStatement(answer.slice(span.start, span.end)))
    .flatMap((span) => (unit === 'clause' ? splitClauses(answer, span) : [span]))
  const texts = found.map(({ start, end }) => answer.slice(start, end))
  const shown = isStandingAlone ? standAlone(texts) : texts
  return found.map(({ start, end }, index) => ({ id: `c${index + 1}`, text: shown[index]!, start, end }))
}

function isStatement(text: string): boolean {
  if (!/\p{L}/u.test(text) || /^\s*#{1,6}\s/.test(text)) return false
  return !/[?？]["'”’»)\]]*$/.test(text) && !isAbstention(text) && !greeting.test(text)
}

/** A list marker is no part of a claim. */
function withoutMarker(text: string, span: Span): Span {
  const marker = /^(?:[-*+•‣]\s+|\(?\d{1,3}[.)]\s+)/.exec(text.slice(span.start, span.end))
  return marker ? trim(text, { start: span.start + marker[0].length, end: span.end }) : span
}

const clauseBreak =
  /;\s+|,?\s+(?:and|but|while|whereas)\s+(?=(?:it|he|she|they|we|the|a|an|this|that|these|those|there|its|his|her|their|\p{Lu}\p{L}+)\s+\S+\s+\S+)/gu

/** Each part must be able to stand: at least three words. */
function splitClauses(text: string, span: Span): Span[] {
  const body = text.slice(span.start, span.end)
  const parts: Span[] = []
  let start = 0
  const isLongEnough = (part: string) => (part.match(/\S+/g)?.length ?? 0) >= 3
  for (const match of body.matchAll(clauseBreak)) {
    if (!isLongEnough(body.slice(start, match.index)) || !isLongEnough(body.slice(match.index + match[0].length))) continue
    parts.push({ start, end: match.index })
    start = match.index + match[0].length
  }
  parts.push({ start, end: body.length })
  return parts.map((part) => trim(text, { start: span.start + part.start, end: span.start + part.end }))
}
