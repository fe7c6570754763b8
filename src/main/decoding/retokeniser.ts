import type { Vocabulary } from './source'

/** Bytes before the end of the text that are cut anew when text is added: tokens further back do not change. */
const window = 32

/**
 * A text that others write, in the tokens of one vocabulary. Bytes come in pieces; half a character waits until it is whole, so that the tokenizer
 * sees only text. A piece that is one token here is appended as that token, as this model would have written it itself; any other piece makes
 * the last bytes be cut anew, and the caller learns how many tokens stayed.
 */
export class Retokeniser {
  readonly tokens: number[] = []
  readonly #vocabulary: Vocabulary
  readonly #ids: ReadonlyMap<string, number>
  readonly #bytes: number[] = []
  /** where each token ends in `#bytes` */
  readonly #ends: number[] = []

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
    this.#ids = idsByPiece(vocabulary)
  }

  /** Bytes at the end that are no whole character yet and in no token: this model lags behind the text. */
  get isLagging(): boolean {
    return this.#covered < this.#bytes.length
  }

  /** The token that stands for exactly these bytes. */
  tokenOf(piece: Uint8Array): number | undefined {
    return this.#ids.get(keyOf(piece))
  }

  /** Adds a piece; returns how many tokens at the front are what they were. */
  push(piece: Uint8Array): number {
    const own = this.isLagging ? undefined : this.tokenOf(piece)
    this.#bytes.push(...piece)
    if (own !== undefined) {
      this.#append(own)
      return this.tokens.length - 1
    }
    const whole = wholeCharacters(this.#bytes)
    if (whole <= this.#covered) return this.tokens.length
    return this.#recut(whole)
  }

  get #covered(): number {
    return this.#ends.at(-1) ?? 0
  }

  #append(token: number): void {
    this.tokens.push(token)
    this.#ends.push(this.#covered + this.#vocabulary.pieceBytes(token).length)
  }

  #recut(whole: number): number {
    const before = [...this.tokens]
    let kept = this.#ends.findLastIndex((end) => end <= whole - window && isBoundary(this.#bytes, end)) + 1
    const start = this.#ends[kept - 1] ?? 0
    this.tokens.length = kept
    this.#ends.length = kept
    const text = new TextDecoder().decode(Uint8Array.from(this.#bytes.slice(start, whole)))
    for (const token of this.#vocabulary.tokenize(text)) this.#append(token)
    this.#ends[this.#ends.length - 1] = whole // a tokenizer that rewrites text must not make us lose count
    while (kept < before.length && before[kept] === this.tokens[kept]) kept++
    return kept
  }
}

/** Length without the unfinished character at the end. A byte sequence that is no UTF-8 counts as whole. */
export function wholeCharacters(bytes: readonly number[]): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

const isBoundary = (bytes: readonly number[], at: number): boolean => ((bytes[at] ?? 0) & 0xc0) !== 0x80

/** Bytes as a string of the same length: a key for maps. */
export function keyOf(piece: Uint8Array): string {
  let key = ''
  for (const byte of piece) key += String.fromCharCode(byte)
  return key
}

const known = new Map<string, ReadonlyMap<string, number>>()

/**
 * The token of each byte string; control and end tokens have none. Where several have the same bytes (a letter and its byte, say), the one that the tokenizer itself
 * writes: a model that reads the other has hardly seen it. Kept for the last few vocabularies.
 */
export function idsByPiece(vocabulary: Vocabulary): ReadonlyMap<string, number> {
  const kept = known.get(vocabulary.fingerprint)
  if (kept !== undefined) return kept
  const ids = new Map<string, number>()
  const shared = new Set<string>()
  const ends = new Set(vocabulary.endTokens)
  for (let token = 0; token < vocabulary.size; token++) {
    const key = ends.has(token) ? '' : keyOf(vocabulary.pieceBytes(token))
    if (key === '') continue
    if (ids.has(key)) shared.add(key)
    else ids.set(key, token)
  }
  for (const key of shared) {
    const [own, ...more] = vocabulary.tokenize(textOf(key))
    if (own !== undefined && more.length === 0 && keyOf(vocabulary.pieceBytes(own)) === key) ids.set(key, own)
  }
  if (known.size >= 8) known.delete(known.keys().next().value as string)
  known.set(vocabulary.fingerprint, ids)
  return ids
}

const textOf = (key: string): string => new TextDecoder().decode(Uint8Array.from(key, (character) => character.charCodeAt(0)))
