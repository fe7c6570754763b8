import { isGguf, memoryBytes } from '../gguf/bytes/byte-source'
import { corrupt } from '../gguf/errors/corrupt'
import { parseHeader } from '../gguf/parser/parse-header'
import { type GgufMetadata, type GgufTensor, listOf, numberOf, textOf } from '../gguf/types/header'
import type { TableEntry } from './table'

/** What llama.cpp's `llama-imatrix` measured: the mean of x² of each column of each matrix. */
export interface ImportanceMatrix {
  readonly entries: readonly TableEntry[]
  /** texts that were read, by the names that the file gives them */
  readonly datasets: readonly string[]
  /** tokens read, where the file tells; else 0 */
  readonly tokens: number
  readonly chunks: number
  /** an old file knows column energies up to one factor for all: what a chunk holds */
  readonly isRelative: boolean
}

/** Reads both formats: GGUF (`<matrix>.in_sum2` and `.counts`) and the older `.dat`. Throws `file-format` or `model-corrupt`, naming file and field. */
export function readImatrix(bytes: Uint8Array, file: string): ImportanceMatrix {
  return isGguf(bytes) ? readGguf(bytes, file) : readLegacy(bytes, file)
}

function readGguf(bytes: Uint8Array, file: string): ImportanceMatrix {
  const { metadata, tensors } = parseHeader(memoryBytes(bytes, file))
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const floats = (tensor: GgufTensor): Float32Array => {
    if (tensor.type !== 'F32') throw corrupt(file, `the tensor ${tensor.name}`, `is of the type ${tensor.type}, not F32`)
    return new Float32Array(bytes.slice(tensor.offset, tensor.offset + tensor.byteLength).buffer)
  }
  const entries = tensors.flatMap((tensor): TableEntry[] => {
    const matrix = /^(.+)\.in_sum2$/.exec(tensor.name)?.[1]
    if (matrix === undefined) return []
    const counted = byName.get(`${matrix}.counts`)
    if (!counted) throw corrupt(file, `the matrix ${matrix}`, 'has sums but no counts')
    return [energyEntry(file, matrix, tensor.shape[0] ?? 0, floats(tensor), floats(counted))]
  })
  if (textOf(metadata, 'general.type') !== 'imatrix' && entries.length === 0)
    throw corrupt(file, 'the file', 'holds no importance matrix (no tensor ends in .in_sum2)')
  const chunks = numberOf(metadata, 'imatrix.chunk_count') ?? 0
  return {
    entries,
    datasets: datasetsOf(metadata),
    chunks,
    tokens: chunks * (numberOf(metadata, 'imatrix.chunk_size') ?? 0),
    isRelative: false,
  }
}

const datasetsOf = (metadata: GgufMetadata): string[] => (listOf(metadata, 'imatrix.datasets') ?? []).map(String)

/** Sums [experts × width] over counts [experts]. An expert that nothing was routed to has no energy. */
function energyEntry(file: string, matrix: string, width: number, sums: Float32Array, counts: Float32Array): TableEntry {
  const experts = width === 0 ? 0 : sums.length / width
  if (experts === 0 || counts.length !== experts) throw corrupt(file, `the matrix ${matrix}`, 'has sums and counts that do not fit')
  const data = sums.map((sum, i) => {
    const count = counts[Math.floor(i / width)] as number
    return count > 0 ? sum / count : 0
  })
  requireEnergies(file, matrix, data)
  return { matrix, quantity: 'energy', shape: experts === 1 ? [width] : [experts, width], data }
}

const mostEntries = 65_536
const longestName = 512

function readLegacy(bytes: Uint8Array, file: string): ImportanceMatrix {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const int = (field: string, most: number): number => {
    if (at + 4 > bytes.length) throw corrupt(file, field, 'reaches beyond the end of the file')
    const value = view.getInt32(at, true)
    at += 4
    if (value < 0 || value > most) throw corrupt(file, field, `is ${value}`)
    return value
  }
  const take = (length: number, field: string): Uint8Array => {
    if (at + length > bytes.length) throw corrupt(file, field, 'reaches beyond the end of the file')
    at += length
    return bytes.subarray(at - length, at)
  }
  const count = int('the number of matrices', mostEntries)
  const entries = Array.from({ length: count }, (_, index): TableEntry => {
    const name = new TextDecoder().decode(take(int(`the name of matrix ${index}`, longestName), `the name of matrix ${index}`))
    const calls = int(`the calls of ${name}`, 2 ** 31 - 1)
    const width = int(`the width of ${name}`, bytes.length / 4)
    const values = new Float32Array(take(4 * width, `the values of ${name}`).slice().buffer)
    const data = values.map((value) => (calls > 0 ? value / calls : 0))
    requireEnergies(file, name, data)
    return { matrix: name, quantity: 'energy', shape: [width], data }
  })
  if (count === 0) throw corrupt(file, 'the file', 'holds no matrices')
  // newer writers of this format end with the number of chunks and the name of the text
  const chunks = at + 4 <= bytes.length ? int('the number of chunks', 2 ** 31 - 1) : 0
  const datasets = at + 4 <= bytes.length ? [new TextDecoder().decode(take(int('the name of the text', 4096), 'the name of the text'))] : []
  return { entries, datasets, chunks, tokens: 0, isRelative: true }
}

function requireEnergies(file: string, matrix: string, data: Float32Array): void {
  if (data.some((value) => !(value >= 0 && value < Infinity))) throw corrupt(file, `the matrix ${matrix}`, 'has sums that are no energies')
}
