import { decodeText } from '../decode-text'
import { defineReader, titleOf } from '../reader'

/** Markdown stays as it is, so that places in it can be shown; a front matter block goes, its title stays. */
export default defineReader({
  endings: ['.md', '.markdown'],
  documents(bytes, name) {
    const whole = decodeText(bytes)
    const matter = /^---\n([\s\S]*?)\n---\n/.exec(whole)
    const text = matter ? whole.slice(matter[0].length) : whole
    const title = /^title:\s*["']?(.+?)["']?\s*$/m.exec(matter?.[1] ?? '')?.[1] ?? /^#\s+(.+?)\s*#*$/m.exec(text)?.[1] ?? titleOf(name)
    return [{ id: name, title, source: name, text }]
  },
})
