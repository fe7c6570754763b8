import type { Document } from '../../shared/value'
import { type Span, splitBlocks, splitParagraphs, splitSentences, trim } from './sentences'

export const chunkStrategies = ['sentences', 'paragraphs', 'sections', 'words'] as const
export type ChunkStrategy = (typeof chunkStrategies)[number]

export interface ChunkOptions {
  /** what is never cut unless it alone is longer than `size` */
  readonly by: ChunkStrategy
  /** words in a passage at most; at least 1 */
  readonly size: number
  /** units (sentences, paragraphs, words) that a passage repeats of the one before; the share that fits is repeated */
  readonly overlap: number
}

/**
 * Packs units of given lengths into windows of at most `size`, in order; a unit longer than `size` stands alone. Each window ends strictly after the one before it,
 * so the packing always comes to an end. Returns index pairs, end exclusive. Throws RangeError for a size below 1 or an overlap below 0.
 */
export function packUnits(lengths: readonly number[], size: number, overlap: number): [number, number][] {
  if (!(size >= 1)) throw new RangeError(`a passage holds at least one word, not ${size}`)
  if (!(overlap >= 0)) throw new RangeError(`an overlap is at least 0, not ${overlap}`)
  const windows: [number, number][] = []
  for (let start = 0, end = 0; end < lengths.length; ) {
    let total = 0
    for (let at = start; at < end; at += 1) total += lengths[at]!
    // what is repeated gives way to what is new
    while (start < end && total + lengths[end]! > size) total -= lengths[start++]!
    do total += lengths[end++]!
    while (end < lengths.length && total + lengths[end]! <= size)
    windows.push([start, end])
    start = Math.max(start + 1, end - Math.floor(overlap))
  }
  return windows
}

/** Passages of a text: trimmed spans in order. Text of only white space or punctuation gives none. */
export function chunkText(text: string, options: ChunkOptions): Span[] {
  const sections = options.by === 'sections' ? splitSections(text) : [{ start: 0, end: text.length }]
  return sections
    .flatMap((section) => chunkSection(text, section, options))
    .filter((span) => /[\p{L}\p{N}]/u.test(text.slice(span.start, span.end)))
}

/** Passages of documents. A passage of a passage points into the first document. Sections take their heading into the title. */
export function chunkDocuments(documents: readonly Document[], options: ChunkOptions): Document[] {
  return documents.flatMap((document) =>
    chunkText(document.text, options).map((span, position) => {
      const base = document.of === undefined ? 0 : (document.start ?? 0)
      const headingText = options.by === 'sections' ? headingAbove(document.text, span.start) : undefined
      const title = [document.title, headingText]
        .filter((part, index, parts) => part !== undefined && parts.indexOf(part) === index)
        .join(' › ')
      return {
        id: `${document.id}#${position}`,
        text: document.text.slice(span.start, span.end),
        of: document.of ?? document.id,
        start: base + span.start,
        end: base + span.end,
        ...(title === '' ? {} : { title }),
        ...(document.source === undefined ? {} : { source: document.source }),
      }
    }),
  )
}

function chunkSection(text: string, section: Span, { by, size, overlap }: ChunkOptions): Span[] {
  const units = unitsOf(text.slice(section.start, section.end), by)
    .map((span) => ({ start: span.start + section.start, end: span.end + section.start }))
    .flatMap((span) => cutLong(text, span, size))
  const lengths = units.map((span) => countWords(text.slice(span.start, span.end)))
  return packUnits(lengths, size, overlap).map(([from, to]) => ({ start: units[from]!.start, end: units[to - 1]!.end }))
}

function unitsOf(text: string, by: ChunkStrategy): Span[] {
  if (by === 'words') return [...text.matchAll(/\S+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }))
  return by === 'paragraphs' ? splitParagraphs(text) : splitSentences(text)
}

/** A unit longer than a passage is cut between words, with its offsets. */
function cutLong(text: string, span: Span, size: number): Span[] {
  if (countWords(text.slice(span.start, span.end)) <= size) return [span]
  const words = [...text.slice(span.start, span.end).matchAll(/\S+/g)]
  const cuts: Span[] = []
  for (let at = 0; at < words.length; at += size) {
    const last = words[Math.min(at + size, words.length) - 1]!
    cuts.push({ start: span.start + words[at]!.index, end: span.start + last.index + last[0].length })
  }
  return cuts
}

const headingLine = /^\s{0,3}#{1,6}\s+(.+?)\s*#*$/

/** From each Markdown heading to the next; what stands before the first heading is a section too. */
function splitSections(text: string): Span[] {
  const starts = splitBlocks(text)
    .filter((block) => headingLine.test(text.slice(block.start, block.end)))
    .map((block) => block.start)
  const edges = [0, ...starts, text.length]
  return edges.slice(0, -1).map((start, index) => trim(text, { start, end: edges[index + 1]! }))
}

function headingAbove(text: string, at: number): string | undefined {
  let found: string | undefined
  for (const block of splitBlocks(text)) {
    if (block.start > at) break
    found = headingLine.exec(text.slice(block.start, block.end))?.[1] ?? found
  }
  return found
}

export const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0
