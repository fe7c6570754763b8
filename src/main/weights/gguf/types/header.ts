import type { GgmlType } from './ggml-type'

export const scalarTypes = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'bool',
  'string',
  'array',
  'uint64',
  'int64',
  'float64',
] as const
/** The types of metadata values; a type's number in the file is its place in `scalarTypes`. */
export type GgufValueType = (typeof scalarTypes)[number]

/** 64-bit integers beyond 2^53 come as bigint, all other numbers as number. */
export type GgufScalar = number | bigint | boolean | string

export type GgufValue =
  | { readonly type: Exclude<GgufValueType, 'array'>; readonly value: GgufScalar }
  | { readonly type: 'array'; readonly items: Exclude<GgufValueType, 'array'>; readonly value: readonly GgufScalar[] }

export type GgufMetadata = ReadonlyMap<string, GgufValue>

export interface GgufTensor {
  readonly name: string
  /** innermost first: `[n_in, n_out]` is n_out rows of n_in */
  readonly shape: readonly number[]
  readonly type: GgmlType
  readonly elements: number
  /** in bytes from the start of the file */
  readonly offset: number
  readonly byteLength: number
}

export interface GgufHeader {
  readonly version: 2 | 3
  readonly metadata: GgufMetadata
  readonly tensors: readonly GgufTensor[]
  /** bytes; each tensor starts at a multiple of it */
  readonly alignment: number
  readonly dataOffset: number
  readonly fileSize: number
}

/** Text under `key`, or undefined where there is none or it is of another type. */
export function textOf(metadata: GgufMetadata, key: string): string | undefined {
  const found = metadata.get(key)
  return found?.type === 'string' ? (found.value as string) : undefined
}

/** The number under `key`; undefined where there is none, or it is no plain number. */
export function numberOf(metadata: GgufMetadata, key: string): number | undefined {
  const found = metadata.get(key)
  return found !== undefined && typeof found.value === 'number' ? found.value : undefined
}

/** One number for each block: a scalar repeated, or the array as it is. */
export function perBlockOf(metadata: GgufMetadata, key: string): readonly number[] | undefined {
  const found = metadata.get(key)
  if (found === undefined) return undefined
  if (typeof found.value === 'number') return [found.value]
  return found.type === 'array' && found.value.every((item) => typeof item === 'number') ? (found.value as readonly number[]) : undefined
}

export function listOf(metadata: GgufMetadata, key: string): readonly GgufScalar[] | undefined {
  const found = metadata.get(key)
  return found?.type === 'array' ? found.value : undefined
}
