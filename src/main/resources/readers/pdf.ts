import type { TextItem } from 'pdfjs-dist/types/src/display/api'
import type { Document } from '../../../shared/value'
import { defineReader, titleOf } from '../reader'

/** One document for each page with text on it. Pictures of text have none; they would need a reader of pictures. */
export default defineReader({
  endings: ['.pdf'],
  async documents(bytes, name, signal) {
    const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs')
    const loading = getDocument({
      data: new Uint8Array(bytes),
      verbosity: VerbosityLevel.ERRORS,
      // nothing in a file may run or reach out
      enableXfa: false,
      disableFontFace: true,
      useSystemFonts: false,
      stopAtErrors: false,
    })
    try {
      const pdf = await loading.promise
      const documents: Document[] = []
      for (let number = 1; number <= pdf.numPages; number += 1) {
        signal.throwIfAborted()
        const page = await pdf.getPage(number)
        const { items } = await page.getTextContent()
        const text = joinLines(items.filter((item): item is TextItem => 'str' in item))
        page.cleanup()
        if (text !== '') documents.push({ id: `${name}#page=${number}`, title: `${titleOf(name)}, page ${number}`, source: name, text })
      }
      return documents
    } catch (cause) {
      if (signal.aborted) throw cause
      const reason =
        cause instanceof Error && cause.name === 'PasswordException' ? 'it is locked by a password' : 'it is no PDF that can be read'
      throw new Error(reason, { cause })
    } finally {
      await loading.destroy()
    }
  },
})

/** A line end with a hyphen joins its word; other line ends inside a paragraph become blanks; a gap of more than a line and a half is a paragraph. */
function joinLines(items: readonly TextItem[]): string {
  let text = ''
  let lastY: number | undefined
  for (const { str, transform, height, hasEOL } of items) {
    const y = Number(transform[5])
    if (lastY !== undefined && str.trim() !== '' && lastY - y > 1.8 * Math.max(height, 4)) text = `${text.trimEnd()}\n\n`
    if (str.trim() !== '') lastY = y
    text += str
    if (hasEOL) text = /\p{L}-$/u.test(text) ? text.slice(0, -1) : `${text} `
  }
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim()
}
