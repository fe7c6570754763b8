import { z } from 'zod'
import { TributaryError } from '../../shared/errors'
import { type Document, document } from '../../shared/value'
import type { Postings } from './bm25'
import type { Vectors } from './dense'

/** All that a search needs: the passages themselves, their terms, and their vectors where an embedding model was chosen. */
export interface SearchIndex {
  readonly passages: readonly Document[]
  readonly tokenizer: { readonly stem: boolean }
  readonly postings: Postings
  readonly vectors?: Vectors
}

const magic = 'TRIBIDX1'
const arrayTypes = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array } as const
type Section = Uint8Array | Uint16Array | Uint32Array | Float32Array

const header = z.object({
  stem: z.boolean(),
  dimensions: z.number().int().min(0),
  sections: z.record(
    z.string(),
    z.object({ type: z.enum(['u8', 'u16', 'u32', 'f32']), at: z.number().int().min(0), length: z.number().int().min(0) }),
  ),
})

/**
 * The index as bytes: magic, length of a JSON header (uint32), header, then sections that each begin at a multiple of 8. Little-endian. Equal indexes give equal
 * bytes.
 */
export function encodeIndex({ passages, tokenizer, postings, vectors }: SearchIndex): Uint8Array {
  const text = new TextEncoder()
  const sections: Record<string, Section> = {
    passages: text.encode(JSON.stringify(passages)),
    terms: text.encode(JSON.stringify(postings.terms)),
    offsets: postings.offsets,
    documents: postings.documents,
    counts: postings.counts,
    lengths: postings.lengths,
    ...(vectors ? { vectors: vectors.data } : {}),
  }
  let at = 0
  const layout = Object.entries(sections).map(([name, data]) => {
    const entry = { name, data, type: typeOf(data), at }
    at = align(at + data.byteLength)
    return entry
  })
  const head = text.encode(
    JSON.stringify({
      stem: tokenizer.stem,
      dimensions: vectors?.dimensions ?? 0,
      sections: Object.fromEntries(layout.map(({ name, type, at, data }) => [name, { type, at, length: data.length }])),
    }),
  )
  const body = align(12 + head.length)
  const bytes = new Uint8Array(body + at)
  bytes.set(text.encode(magic))
  new DataView(bytes.buffer).setUint32(8, head.length, true)
  bytes.set(head, 12)
  for (const { data, at } of layout) bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), body + at)
  return bytes
}

/** The index in these bytes. Throws `file-format` for anything that is not whole or does not fit together. */
export function decodeIndex(bytes: Uint8Array): SearchIndex {
  try {
    return decode(bytes)
  } catch (cause) {
    throw new TributaryError('file-format', 'The stored search index is damaged.', {
      hint: 'Run the node that builds the index again, ignoring the cache.',
      cause,
    })
  }
}

function decode(bytes: Uint8Array): SearchIndex {
  const text = new TextDecoder('utf-8', { fatal: true })
  if (text.decode(bytes.subarray(0, 8)) !== magic) throw new Error('no index')
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true)
  const head = header.parse(JSON.parse(text.decode(bytes.subarray(12, 12 + headLength))))
  const body = align(12 + headLength)
  const section = <T extends keyof typeof arrayTypes>(name: string, type: T): InstanceType<(typeof arrayTypes)[T]> => {
    const entry = head.sections[name]
    const size = entry && entry.length * arrayTypes[type].BYTES_PER_ELEMENT
    if (entry?.type !== type || size === undefined || body + entry.at + size > bytes.length)
      throw new Error(`section ${name} is missing or cut off`)
    // a copy, since the bytes may begin at any address
    return new arrayTypes[type](bytes.slice(body + entry.at, body + entry.at + size).buffer) as InstanceType<(typeof arrayTypes)[T]>
  }
  const passages = z.array(document).parse(JSON.parse(text.decode(section('passages', 'u8')))) as Document[]
  const terms = z.array(z.string()).parse(JSON.parse(text.decode(section('terms', 'u8'))))
  const postings: Postings = {
    terms,
    offsets: section('offsets', 'u32'),
    documents: section('documents', 'u32'),
    counts: section('counts', 'u16'),
    lengths: section('lengths', 'u32'),
  }
  checkPostings(postings, passages.length)
  if (head.dimensions === 0) return { passages, tokenizer: { stem: head.stem }, postings }
  const data = section('vectors', 'f32')
  if (data.length !== passages.length * head.dimensions) throw new Error('vectors and passages differ in number')
  return { passages, tokenizer: { stem: head.stem }, postings, vectors: { dimensions: head.dimensions, data } }
}

function checkPostings({ terms, offsets, documents, counts, lengths }: Postings, passages: number): void {
  if (lengths.length !== passages || offsets.length !== terms.length + 1 || counts.length !== documents.length)
    throw new Error('parts differ in length')
  if (offsets[terms.length] !== documents.length) throw new Error('postings end early')
  for (let term = 0; term < terms.length; term += 1) if (offsets[term]! > offsets[term + 1]!) throw new Error('postings overlap')
  for (const document of documents) if (document >= passages) throw new Error('a posting names no passage')
}

const align = (at: number): number => Math.ceil(at / 8) * 8

function typeOf(data: Section): keyof typeof arrayTypes {
  if (data instanceof Uint8Array) return 'u8'
  if (data instanceof Uint16Array) return 'u16'
  return data instanceof Uint32Array ? 'u32' : 'f32'
}
