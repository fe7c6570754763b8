import { extname } from 'node:path'
import { TributaryError } from '../../shared/errors'
import { knownEndings } from './read'

/** Bytes that are looked at: PDF allows that much before its mark. */
export const sniffedBytes = 1024

type Sniff = (head: Uint8Array) => boolean

const view = (head: Uint8Array): DataView => new DataView(head.buffer, head.byteOffset, head.byteLength)
const ascii = (head: Uint8Array, from: number, to: number): string => Buffer.from(head.subarray(from, to)).toString('latin1')

/** No zero byte, unless a mark says that it is UTF-16; whether the text is sound is for its reader to say. */
const isText: Sniff = (head) => ['\xff\xfe', '\xfe\xff'].includes(ascii(head, 0, 2)) || !head.includes(0)

/** What is not text. An old importance matrix has no mark: it begins with how many entries it has and how long the name of the first is. */
const binary: Readonly<Record<string, Sniff>> = {
  '.pdf': (head) => ascii(head, 0, sniffedBytes).includes('%PDF-'),
  '.gguf': (head) => ascii(head, 0, 4) === 'GGUF',
  '.safetensors': (head) => head.length > 8 && ascii(head, 8, 9) === '{',
  '.dat': isOldImatrix,
  '.imatrix': (head) => ascii(head, 0, 4) === 'GGUF' || isOldImatrix(head),
}

function isOldImatrix(head: Uint8Array): boolean {
  if (head.length < 9) return false
  const [entries, name] = [view(head).getInt32(0, true), view(head).getInt32(4, true)]
  return entries > 0 && entries < 100_000 && name > 0 && name < 256 && /^[\x20-\x7e]+$/.test(ascii(head, 8, 8 + name))
}

const textEndings = [...knownEndings.filter((ending) => !Object.hasOwn(binary, ending)), '.json']
const endingOf = (name: string): string => extname(name).toLowerCase()

export const isTextName = (name: string): boolean => textEndings.includes(endingOf(name))

/** What must hold of the first bytes of an upload of this name. Throws `file-format` for an ending that no node reads. */
export function judgeOfName(name: string): (head: Uint8Array) => void {
  const ending = endingOf(name)
  const sniff = isTextName(name) ? isText : Object.hasOwn(binary, ending) ? binary[ending] : undefined
  if (sniff === undefined)
    throw new TributaryError('file-format', `“${name}” is of a kind that cannot be read.`, {
      hint: `Kinds that can: ${[...textEndings, ...Object.keys(binary)].sort().join(' ')}.`,
      place: { file: name },
    })
  return (head) => {
    if (sniff(head)) return
    throw new TributaryError(
      'file-format',
      `“${name}” is not what its ending says: ${isTextName(name) ? 'it is no text' : 'it begins otherwise'}.`,
      {
        hint: 'Give it the ending of what it is, or choose another file.',
        place: { file: name },
      },
    )
  }
}
