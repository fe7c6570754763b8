import { decodeText } from '../decode-text'
import { defineReader, titleOf } from '../reader'

export default defineReader({
  endings: ['.txt', '.text'],
  documents: (bytes, name) => [{ id: name, title: titleOf(name), source: name, text: decodeText(bytes) }],
})
