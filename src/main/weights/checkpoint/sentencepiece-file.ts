import { token } from './special-tokens'
import type { KnownVocabulary } from './tokenizer-files'

/**
 * A vocabulary of byte pairs as SentencePiece's `tokenizer.model`, the way back of `parseSentencePiece`: pieces with score and kind, and of the settings
 * those that a GGUF keeps. Text is left as it is (no precompiled rules). Equal vocabularies give equal bytes.
 */
export function sentencePieceFile({ texts, types, scores, addSpacePrefix, role }: KnownVocabulary): Uint8Array {
  const pieces = texts.flatMap((text, id) => message(1, piece(text, scores[id] ?? 0, types[id] ?? token.normal)))
  const special = (['unknown', 'bos', 'eos', 'padding'] as const).map((key, index) => number(40 + index, role(key) ?? -1))
  const trainer = Buffer.concat([number(3, bytePairs), number(4, texts.length), number(35, types.includes(token.byte) ? 1 : 0), ...special])
  const normalizer = Buffer.concat([...message(1, Buffer.from('identity')), number(3, addSpacePrefix ? 1 : 0), number(4, 0), number(5, 1)])
  return Buffer.concat([...pieces, ...message(2, trainer), ...message(3, normalizer)])
}

const bytePairs = 2

function piece(text: string, score: number, type: number): Buffer {
  const value = Buffer.alloc(5)
  value[0] = 2 * 8 + 5
  value.writeFloatLE(score, 1)
  return Buffer.concat([...message(1, Buffer.from(text)), value, number(3, type)])
}

/** Fields of a protocol buffer: bytes with their length, and a whole number (−1 as its 64-bit complement). */
const message = (field: number, bytes: Buffer): [Buffer, Buffer] => [varint(field * 8 + 2, bytes.length), bytes]
const number = (field: number, value: number): Buffer => varint(field * 8, value)

function varint(...values: readonly number[]): Buffer {
  const bytes: number[] = []
  for (const value of values) {
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
    bytes.push(Number(rest))
  }
  return Buffer.from(bytes)
}
