import { TributaryError } from '../../../shared/errors'

export interface Piece {
  readonly text: string
  readonly score: number
  /** 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte: the same numbers as in a GGUF */
  readonly type: number
}

export interface SentencePieceModel {
  readonly pieces: readonly Piece[]
  /** 1 unigram, 2 byte pairs, 3 words, 4 characters */
  readonly kind: number
  readonly addDummyPrefix: boolean
}

const mostPieces = 1 << 20
/** some vocabularies have a byte order mark as a piece */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Reads a `tokenizer.model`: SentencePiece's protocol buffer, of which the pieces, the kind and the leading space are wanted. Every length is checked
 * against what is there. Throws `model-corrupt`. Kudo and Richardson 2018, arXiv:1808.06226.
 */
export function parseSentencePiece(bytes: Uint8Array, name: string): SentencePieceModel {
  const pieces: Piece[] = []
  let kind = 1
  let addDummyPrefix = true
  for (const { field, value } of fieldsOf(bytes, name)) {
    if (field === 1 && value instanceof Uint8Array) {
      if (pieces.length >= mostPieces) throw damaged(name, `has more than ${mostPieces} pieces`)
      pieces.push(pieceOf(value, name))
    }
    if (field === 2 && value instanceof Uint8Array) for (const one of fieldsOf(value, name)) if (one.field === 3) kind = Number(one.value)
    if (field === 3 && value instanceof Uint8Array)
      for (const one of fieldsOf(value, name)) if (one.field === 3) addDummyPrefix = Number(one.value) !== 0
  }
  if (pieces.length === 0) throw damaged(name, 'has no pieces')
  return { pieces, kind, addDummyPrefix }
}

function pieceOf(bytes: Uint8Array, name: string): Piece {
  let [text, score, type] = ['', 0, 1]
  for (const { field, value } of fieldsOf(bytes, name)) {
    if (field === 1 && value instanceof Uint8Array) text = utf8.decode(value)
    if (field === 2 && value instanceof Uint8Array && value.length === 4)
      score = new DataView(value.buffer, value.byteOffset, 4).getFloat32(0, true)
    if (field === 3) type = Number(value)
  }
  return { text, score, type }
}

interface Field {
  readonly field: number
  readonly value: number | Uint8Array
}

/** The fields of a message: varints as numbers, everything else as bytes. Protocol Buffers, encoding. */
function* fieldsOf(bytes: Uint8Array, name: string): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) throw damaged(name, 'ends within a number')
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw damaged(name, 'has a number without an end')
  }
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw damaged(name, 'has a part that reaches beyond its end')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const key = varint()
    const field = Math.floor(key / 8)
    const kind = key % 8
    if (kind === 0) yield { field, value: varint() }
    else if (kind === 1) yield { field, value: take(8) }
    else if (kind === 2) yield { field, value: take(varint()) }
    else if (kind === 5) yield { field, value: take(4) }
    else throw damaged(name, `has a field of the unknown kind ${kind}`)
  }
}

const damaged = (name: string, what: string): TributaryError =>
  new TributaryError('model-corrupt', `The tokenizer.model of ${name} is damaged: it ${what}.`, { place: { file: 'tokenizer.model' } })
