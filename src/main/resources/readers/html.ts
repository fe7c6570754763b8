import { decodeText } from '../decode-text'
import { defineReader, titleOf } from '../reader'

const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  copy: '©',
  eacute: 'é',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
}
const silent = /<(script|style|noscript|template|svg|head)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi
const blocks =
  /<\/?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|td|th|tr|ul)\b[^>]*>/gi

/** The text that a page shows: no scripts, styles or comments, blocks as paragraphs. Nothing is run or fetched. */
export function textOfHtml(html: string): string {
  const bare = html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(silent, ' ')
    .replace(/\s+/g, ' ')
    .replace(/<h([1-6])\b[^>]*>/gi, (_, level: string) => `\n\n${'#'.repeat(Number(level))} `)
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<br\b[^>]*>/gi, '\n')
    .replace(blocks, '\n\n')
    .replace(/<[^>]*>/g, '')
  return decodeEntities(bare)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (entity, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? entity
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })
}

export default defineReader({
  endings: ['.html', '.htm', '.xhtml'],
  documents(bytes, name) {
    const html = decodeText(bytes)
    const title = decodeEntities(/<title[^>]*>([\s\S]*?)<\/title\s*>/i.exec(html)?.[1] ?? '')
      .replace(/\s+/g, ' ')
      .trim()
    return [{ id: name, title: title || titleOf(name), source: name, text: textOfHtml(html) }]
  },
})
