import { TributaryError } from '../../../shared/errors'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../../shared/json'
import { type Quantity, quantities } from '../../../shared/quantity'
import type { StatisticsRef } from '../../../shared/value'
import type { ByteSource } from '../gguf/bytes/byte-source'
import { parseSafetensors, type SafetensorsTensor } from '../safetensors/header'

/**
 * Statistics are arrays by matrix and quantity, kept as a safetensors file of F32 arrays named `<matrix>.<quantity>`. Of a matrix of n_out rows of n_in:
 * - `energy` [n_in]: mean of x² of what flows in · `mean` [n_in]: mean of x · `gram` [n_in × n_in]: mean of x·xᵀ · `features` [rows × n_in]: some x as they were
 * - `outMean`, `outVariance` [n_out]: of what comes out
 * - `fisher` [n_out · n_in]: mean squared gradient of the log-likelihood of a text (a diagonal of the Fisher information)
 * - `heads`: the same for a mask on each head, [heads] of `attn_q` and `attn_output`, [groups] of `attn_k` (mean over the heads of a group);
 *   `units` [n_in] of `ffn_down`: for a mask on each hidden unit; either may be [1], a mask on all of them together
 * - `scale` [n_out]: a factor for each row, and, under the name of the bias, `shift` [n_out]: what is added to it (REPAIR) · `map` [n_in × n_in]: what to put between matrix and input (surgery)
 * - `loraA` [rank × n_in], `loraB` [n_out × rank]: their product is to be added (an adapter)
 */
export interface StatisticsTable {
  /** how they were measured, as the node that did it tells; a merged file carries this on */
  readonly made?: JsonObject
  readonly matrices: readonly string[]
  readonly quantities: readonly Quantity[]
  /** whether it was measured; reads nothing */
  has(matrix: string, quantity: Quantity): boolean
  /** undefined where it was not measured; matrices that share an input share its arrays. Never to be written to. */
  get(matrix: string, quantity: Quantity): Float32Array | undefined
}

export interface TableEntry {
  readonly matrix: string
  readonly quantity: Quantity
  /** outermost first */
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface TableNotes {
  /** matrices that have the arrays of another one, by name */
  readonly shared?: Readonly<Record<string, string>>
  /** how they were measured */
  readonly made?: JsonObject | undefined
}

/** What stands before the arrays, which follow without gaps. */
export function encodeTableHeader(
  entries: readonly Pick<TableEntry, 'matrix' | 'quantity' | 'shape'>[],
  { shared = {}, made }: TableNotes,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {
    __metadata__: { format: 'tributary/statistics', shared: JSON.stringify(shared), ...(made ? { made: canonicalJson(made) } : {}) },
  }
  let at = 0
  for (const { matrix, quantity, shape } of entries) {
    const end = at + shape.reduce((product, size) => product * size, 4)
    header[`${matrix}.${quantity}`] = { dtype: 'F32', shape, data_offsets: [at, end] }
    at = end
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  // blanks behind the header bring the data to a multiple of 8
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + length).fill(0x20, 8)
  new DataView(bytes.buffer).setUint32(0, length, true)
  bytes.set(text, 8)
  return bytes
}

export function encodeTable(entries: readonly TableEntry[], { shared = {}, made }: TableNotes = {}): Uint8Array<ArrayBuffer> {
  const header = encodeTableHeader(entries, { shared, made })
  const bytes = new Uint8Array(entries.reduce((sum, { data }) => sum + data.byteLength, header.length))
  bytes.set(header)
  let offset = header.length
  for (const { data } of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return bytes
}

/** Throws `file-format` or `model-corrupt` for bytes that are no such file. Arrays are views of `bytes`. */
export function decodeTable(bytes: Uint8Array): StatisticsTable {
  // shared memory is copied where texts are read out of it
  const source = { name: 'statistics', size: bytes.length, read: (offset: number, length: number) => bytes.slice(offset, offset + length) }
  return tableIn(source, ({ offset, byteLength }) => {
    const from = bytes.byteOffset + offset
    const buffer = from % 4 === 0 ? bytes.buffer : bytes.slice(offset, offset + byteLength).buffer
    return new Float32Array(buffer, from % 4 === 0 ? from : 0, byteLength / 4)
  })
}

/** The header of a table, and its arrays as `read` gives them. */
export function tableIn(source: ByteSource, read: (place: SafetensorsTensor) => Float32Array): StatisticsTable {
  const { tensors, metadata } = parseSafetensors(source)
  const shared = sharedOf(metadata.shared)
  const places = new Map<string, SafetensorsTensor>()
  const matrices = new Set<string>(Object.keys(shared))
  const held = new Set<string>()
  for (const tensor of tensors) {
    const { name, type } = tensor
    const cut = name.lastIndexOf('.')
    if (type !== 'F32' || !quantities.some((quantity) => quantity === name.slice(cut + 1))) throw notStatistics(name)
    matrices.add(name.slice(0, cut))
    held.add(name.slice(cut + 1))
    places.set(name, tensor)
  }
  const placeOf = (matrix: string, quantity: Quantity) =>
    places.get(`${matrix}.${quantity}`) ?? places.get(`${shared[matrix] ?? ''}.${quantity}`)
  const made = objectOf(metadata.made)
  return {
    ...(made ? { made } : {}),
    matrices: [...matrices],
    quantities: quantities.filter((quantity) => held.has(quantity)),
    has: (matrix, quantity) => placeOf(matrix, quantity) !== undefined,
    get(matrix, quantity) {
      const place = placeOf(matrix, quantity)
      return place && read(place)
    },
  }
}

function sharedOf(text: string | undefined): Readonly<Record<string, string>> {
  const table = objectOf(text) ?? {}
  return Object.values(table).every((name) => typeof name === 'string') ? (table as Record<string, string>) : {}
}

/** A text of the header as an object; another's file may say anything here. */
function objectOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const notStatistics = (name: string): TributaryError =>
  new TributaryError('file-format', `This is no file of statistics: it holds ${JSON.stringify(name.slice(0, 80))}.`)

/** Says that a method lacks what it needs. */
export function missingStatistics(owner: string, what: string, hint: string): TributaryError {
  return new TributaryError('statistics-missing', `${owner} needs ${what}.`, { hint, details: { card: 'E_STATS' } })
}

/** Says that what a method was given cannot be what was measured of this model. */
export function unfitStatistics(owner: string, what: string): TributaryError {
  return new TributaryError('statistics-missing', `${owner} was given statistics ${what}.`, {
    hint: 'Measure each model by itself, and wire them in the order of the models.',
    details: { card: 'E_STATS' },
  })
}

/** The quantities of entries, for a reference. */
export const quantitiesOf = (entries: readonly Pick<TableEntry, 'quantity'>[]): StatisticsRef['quantities'] => {
  const held = new Set(entries.map(({ quantity }) => quantity))
  return quantities.filter((quantity) => held.has(quantity))
}
