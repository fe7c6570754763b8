import { ByteReader, ByteWriter } from './bytes'
import type { Origin, OutlineToken, TokenLists, Top, TraceOutline, TraceSource, WholeTrace } from './trace'

/**
 * The packed trace. Texts stand once in a dictionary; logarithms are 16-bit steps of 1/2048 nat (exact to 0.0003), so probabilities keep three and a half
 * figures down to e^−32. First what draws the text, in rows of fixed width; then the lists of each token, found by their offset without reading the others.
 *
 *     magic "TRTK" · version · head length (4) · head: JSON {sources, texts, count} · count × row · lists
 *     row: text (4) · origin and disagreement (1) · decided by (1) · entropy (2) · logprob (2) · divergence (2) · offset of its lists (4)
 *     lists: rejected texts · id · top of the result · top of each source; each top: length, then text and probability
 *
 * Measured on the made-up trace of `packed.test.ts` (two sources, five candidates each): 86 bytes a token over 1,000 tokens, where JSON takes 476.
 */
export function packTrace(trace: WholeTrace): Uint8Array {
  const texts = new Map<string, number>()
  const indexOf = (text: string): number => {
    const known = texts.get(text)
    if (known !== undefined) return known
    texts.set(text, texts.size)
    return texts.size - 1
  }
  const rows = new ByteWriter()
  const lists = new ByteWriter()
  for (const token of trace.tokens) {
    rows.long(indexOf(token.text))
    rows.byte(origins.indexOf(token.origin) | (token.disagree ? 0x10 : 0))
    rows.byte(Math.min(255, token.decidedBy))
    rows.short(fixed(token.entropy))
    rows.short(fixed(negative(token.logprob)))
    rows.short(fixed(token.divergence))
    rows.long(lists.length)
    writeLists(lists, token, indexOf)
  }
  const head = new TextEncoder().encode(JSON.stringify({ sources: trace.sources, texts: [...texts.keys()], count: trace.tokens.length }))
  const all = new ByteWriter()
  all.bytes(magic)
  all.byte(version)
  all.long(head.length)
  all.bytes(head)
  all.bytes(rows.done())
  all.bytes(lists.done())
  return all.done()
}

const magic = new TextEncoder().encode('TRTK')
const version = 1
const rowBytes = 16
const origins: readonly Origin[] = ['target', 'draft', 'prefix']

/** 16 bits: steps of 1/2048 up to almost 32, then 65535 for no number. */
const fixed = (value: number | null): number =>
  value === null || Number.isNaN(value) ? 0xffff : Math.min(0xfffe, Math.max(0, Math.round(value * 2048)))
const unfixed = (value: number): number | null => (value === 0xffff ? null : value / 2048)
const negative = (value: number | null): number | null => (value === null ? null : -value)

function writeLists(out: ByteWriter, token: OutlineToken & TokenLists, indexOf: (text: string) => number): void {
  out.varint(token.rejected.length)
  for (const text of token.rejected) out.varint(indexOf(text))
  out.varint(Math.max(0, token.id))
  for (const top of [token.top, ...token.sourceTop]) {
    out.varint(top.length)
    for (const [text, probability] of top) {
      out.varint(indexOf(text))
      out.short(fixed(-Math.log(probability)))
    }
  }
}

/** A packed trace, opened: nothing but the head is decoded before it is asked for. Throws a RangeError for bytes that are no trace or a newer one. */
export class PackedTrace {
  readonly sources: readonly TraceSource[]
  readonly count: number
  readonly #bytes: Uint8Array
  readonly #texts: readonly string[]
  readonly #rowsAt: number

  constructor(bytes: Uint8Array) {
    const reader = new ByteReader(bytes)
    if (!magic.every((byte) => reader.byte() === byte)) throw new RangeError('this is no packed trace')
    const found = reader.byte()
    if (found !== version) throw new RangeError(`the trace has version ${found}; ${version} is known`)
    const { sources, texts, count } = JSON.parse(new TextDecoder().decode(reader.bytes(reader.long()))) as Head
    this.sources = sources
    this.count = count
    this.#bytes = bytes
    this.#texts = texts
    this.#rowsAt = reader.at
  }

  outline(): TraceOutline {
    return { sources: this.sources, tokens: Array.from({ length: this.count }, (_, i) => this.#token(i)) }
  }

  /** The lists of `count` tokens from `from` on; fewer at the end. */
  lists(from: number, count: number): TokenLists[] {
    const end = Math.min(this.count, from + count)
    return Array.from({ length: Math.max(0, end - from) }, (_, i) => this.#listsOf(from + i))
  }

  #token(i: number): OutlineToken {
    const reader = new ByteReader(this.#bytes, this.#rowsAt + i * rowBytes)
    const text = this.#text(reader.long())
    const flags = reader.byte()
    const decidedBy = reader.byte()
    const entropy = unfixed(reader.short())
    const logprob = negative(unfixed(reader.short()))
    const divergence = unfixed(reader.short())
    const origin = origins[flags & 0x0f] ?? 'target'
    return {
      text,
      origin,
      decidedBy,
      disagree: (flags & 0x10) !== 0,
      entropy,
      logprob,
      divergence,
      rejected: this.#rejected(this.#readerOf(i)),
    }
  }

  #listsOf(i: number): TokenLists {
    const reader = this.#readerOf(i)
    this.#rejected(reader)
    return { id: reader.varint(), top: this.#top(reader), sourceTop: this.sources.map(() => this.#top(reader)) }
  }

  #readerOf(i: number): ByteReader {
    const offset = new ByteReader(this.#bytes, this.#rowsAt + (i + 1) * rowBytes - 4).long()
    return new ByteReader(this.#bytes, this.#rowsAt + this.count * rowBytes + offset)
  }

  #rejected(reader: ByteReader): string[] {
    return Array.from({ length: reader.varint() }, () => this.#text(reader.varint()))
  }

  #top(reader: ByteReader): Top {
    return Array.from(
      { length: reader.varint() },
      () => [this.#text(reader.varint()), Math.exp(-(unfixed(reader.short()) ?? Infinity))] as const,
    )
  }

  #text(index: number): string {
    return this.#texts[index] ?? '\ufffd'
  }
}

interface Head {
  readonly sources: readonly TraceSource[]
  readonly texts: readonly string[]
  readonly count: number
}
