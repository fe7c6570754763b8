/** A piece of a text: UTF-16 offsets, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Words that end in a full stop and never end a sentence: a name or number follows. */
const titles = new Set(
  'dr mr mrs ms prof st sen rep gov gen col capt lt sgt rev hon fig figs no nos vol pp ed eds ch sec art eq vs cf viz approx ca'.split(' '),
)
/** Words that end in a full stop and end a sentence only before a word that commonly opens one. */
const abbreviations = new Set(
  'e.g i.e etc al inc ltd co corp jr sr dept est univ ave blvd rd mt ft jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m ph.d b.c a.d u.s u.k u.n'.split(
    ' ',
  ),
)
const openers = new Set(
  'a an the it its he she they we i you this that these those there here in on at by for from with when while after before since if as but and or so yet however moreover his her their our my what who why how where'.split(
    ' ',
  ),
)
const terminator = /[.!?…]+["'”’»)\]]*(?=\s|$)|[。！？｡]+[」』”’）]*/gu
const listMarker = /^\s*(?:[-*+•‣]\s|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s)/i
const heading = /^\s{0,3}#{1,6}\s/

/**
 * Sentences of a text, in order, trimmed; between two of them there is only white space. Handles abbreviations, initials, decimals, quotations, list items,
 * Markdown headings, hard-wrapped lines, texts without any capital letter, and Chinese and Japanese stops.
 */
export function splitSentences(text: string): Span[] {
  const caseless = text === text.toLowerCase()
  return splitBlocks(text).flatMap((block) => splitBlock(text, block, caseless))
}

/** Paragraphs, headings and list items: where a line break ends a statement although no stop does. */
export function splitBlocks(text: string): Span[] {
  const blocks: Span[] = []
  for (const paragraph of splitParagraphs(text)) {
    const lines = linesOf(text, paragraph)
    const wrapped = lines.slice(0, -1).every((line) => line.end - line.start >= 40)
    let start = paragraph.start
    for (const [position, line] of lines.entries()) {
      if (position === 0) continue
      const here = text.slice(line.start, line.end)
      const before = text.slice(lines[position - 1]!.start, lines[position - 1]!.end)
      if (!wrapped || listMarker.test(here) || heading.test(here) || heading.test(before)) {
        blocks.push({ start, end: line.start })
        start = line.start
      }
    }
    blocks.push({ start, end: paragraph.end })
  }
  return blocks.map((block) => trim(text, block)).filter((block) => block.end > block.start)
}

/** Runs of lines between blank lines, trimmed. */
export function splitParagraphs(text: string): Span[] {
  const spans: Span[] = []
  let start = 0
  for (const gap of text.matchAll(/\n[^\S\n]*(?:\n[^\S\n]*)+/g)) {
    spans.push({ start, end: gap.index })
    start = gap.index + gap[0].length
  }
  spans.push({ start, end: text.length })
  return spans.map((span) => trim(text, span)).filter((span) => span.end > span.start)
}

export function trim(text: string, { start, end }: Span): Span {
  while (start < end && /\s/.test(text[start]!)) start += 1
  while (end > start && /\s/.test(text[end - 1]!)) end -= 1
  return { start, end }
}

function linesOf(text: string, { start, end }: Span): Span[] {
  const lines: Span[] = []
  for (let from = start; from < end; ) {
    const newline = text.indexOf('\n', from)
    const to = newline === -1 || newline >= end ? end : newline + 1
    lines.push({ start: from, end: to })
    from = to
  }
  return lines
}

function splitBlock(text: string, block: Span, caseless: boolean): Span[] {
  const body = text.slice(block.start, block.end)
  const spans: Span[] = []
  let start = 0
  for (const match of body.matchAll(terminator)) {
    const end = match.index + match[0].length
    if (end < body.length && !endsSentence(body, start, match.index, match[0], end, caseless)) continue
    spans.push({ start, end })
    start = end
  }
  if (start < body.length) spans.push({ start, end: body.length })
  return spans
    .map((span) => trim(text, { start: block.start + span.start, end: block.start + span.end }))
    .filter((span) => span.end > span.start)
}

/** Does the stop at `at` end the sentence that began at `start`, given what follows it at `end`? */
function endsSentence(body: string, start: number, at: number, stop: string, end: number, caseless: boolean): boolean {
  if (/^[。！？｡]/.test(stop)) return true
  const next = /^\s*["'“‘«([]*([\p{L}\p{N}]+)/u.exec(body.slice(end, end + 80))?.[1] ?? ''
  const beginsLower = next !== '' && next[0] === next[0]!.toLowerCase() && next[0] !== next[0]!.toUpperCase()
  if (beginsLower && !caseless) return false
  if (!stop.startsWith('.') || stop.startsWith('..')) return true
  const word = /[^\s("'“‘[]*$/.exec(body.slice(start, at))?.[0] ?? ''
  const name = word.toLowerCase()
  if (start + word.length === at && /^\s*\(?(\d{1,3}|[a-z])$/i.test(body.slice(start, at))) return false
  if (titles.has(name) && !(caseless && !/^\d/.test(next))) return false
  if (/^\p{L}$/u.test(word) && !caseless && word === word.toUpperCase()) return word === 'I' && openers.has(next.toLowerCase())
  if (abbreviations.has(name) || /^(?:\p{L}\.)+\p{L}$/u.test(word)) return openers.has(next.toLowerCase())
  return true
}
