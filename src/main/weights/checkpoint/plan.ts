import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { type GgmlType, isGgmlType } from '../gguf/types/ggml-type'
import type { GgufMetadata, GgufValue } from '../gguf/types/header'
import type { PlacedTensor } from '../safetensors/open'

/** What a family makes of a checkpoint: the header's metadata, and where each tensor of the GGUF comes from. Plain data, so it is tested without files. */
export interface ConversionPlan {
  readonly metadata: GgufMetadata
  readonly tensors: readonly PlannedTensor[]
}

export type PlannedTensor = TensorFromFile | TensorFromNumbers

/** `keep`: every tensor as the checkpoint has it, for reading where it lies */
export type CheckpointType = 'F16' | 'F32' | 'keep'

interface TensorBase {
  readonly name: string
  /** innermost first, as GGUF has it */
  readonly shape: readonly number[]
  readonly type: GgmlType
}
export interface TensorFromFile extends TensorBase {
  readonly source: PlacedTensor
  /** which row of the source stands at row `r` of the result; absent: the same */
  readonly sourceRow?: (row: number) => number
  /** added to every value; neutral: 0 */
  readonly plus?: number
}
/** A small table that the checkpoint does not hold, such as rotary frequency factors. */
export interface TensorFromNumbers extends TensorBase {
  readonly numbers: Float32Array
}

/** The checkpoint as it was found: tensors by name and the JSON files beside them, unchecked. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, PlacedTensor>
  readonly config: Json
  /** tokenizer.json; null where there is only SentencePiece's model */
  readonly tokenizer: Json
  /** tokenizer.model of SentencePiece, where there is one */
  readonly sentencePiece?: Uint8Array
  /** tokenizer_config.json, with the chat template, where there is one */
  readonly tokenizerConfig?: Json
  /** sentence-transformers' 1_Pooling/config.json */
  readonly pooling?: Json
  readonly name: string
  readonly licence?: string
  /** SHA-256 of the weights file, kept in the result of a conversion */
  readonly sourceSha256?: string
  readonly dtype: CheckpointType
}

export const text = (value: string): GgufValue => ({ type: 'string', value })
export const uint32 = (value: number): GgufValue => ({ type: 'uint32', value })
export const float32 = (value: number): GgufValue => ({ type: 'float32', value: Math.fround(value) })
export const bool = (value: boolean): GgufValue => ({ type: 'bool', value })
export const texts = (value: readonly string[]): GgufValue => ({ type: 'array', items: 'string', value })
export const float32s = (value: readonly number[]): GgufValue => ({ type: 'array', items: 'float32', value: value.map(Math.fround) })
export const int32s = (value: readonly number[]): GgufValue => ({ type: 'array', items: 'int32', value })

/** Metadata every converted file begins with. */
export function generalMetadata(checkpoint: Checkpoint, architecture: string): [string, GgufValue][] {
  return [
    ['general.architecture', text(architecture)],
    ['general.type', text('model')],
    ['general.name', text(checkpoint.name)],
    ...(checkpoint.licence === undefined ? [] : [['general.license', text(checkpoint.licence)] as [string, GgufValue]]),
    ...(checkpoint.dtype === 'keep' ? [] : [['general.file_type', uint32(checkpoint.dtype === 'F16' ? 1 : 0)] as [string, GgufValue]]),
    ['general.quantization_version', uint32(2)],
    ...(checkpoint.sourceSha256 === undefined
      ? []
      : [['tributary.converted_from.sha256', text(checkpoint.sourceSha256)] as [string, GgufValue]]),
  ]
}

/**
 * Matrices take the chosen type; vectors, norms and small tables stay float32, as llama.cpp expects them. Throws `model-unsupported` for tensors of
 * a type that no GGUF has.
 */
export function fromFile(name: string, source: PlacedTensor, dtype: CheckpointType, sourceRow?: (row: number) => number): TensorFromFile {
  const type = dtype === 'keep' ? source.type : source.shape.length >= 2 ? dtype : 'F32'
  if (!isGgmlType(type))
    throw new TributaryError('model-unsupported', `The tensor ${source.name} is of the type ${type}, which no GGUF has.`)
  return { name, shape: [...source.shape].reverse(), type, source, ...(sourceRow ? { sourceRow } : {}) }
}
