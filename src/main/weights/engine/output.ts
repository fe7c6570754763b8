import { TributaryError } from '../../../shared/errors'
import type { Codec } from '../convert/codec'
import { bitsPerWeight, type GgmlType, ggmlTypes, isGgmlType } from '../gguf/types/ggml-type'
import type { GgufMetadata, GgufValue } from '../gguf/types/header'
import type { TensorPlan } from '../gguf/write/encode-header'
import type { Compiled } from './compile'
import { type Origin, originKeys } from './origins'
import type { PlanTensor } from './plan'

/** How a tensor gets into the output: computed, or copied byte for byte from where it leads. */
export type OutputTensor = TensorPlan & { readonly copy: boolean }

const embeddings = /^(token_embd|output)\.weight$/
const isCoarse = (type: GgmlType): boolean => bitsPerWeight(type) < 6.1

/** `general.file_type` of a file that is mostly of this type. */
const fileTypes: Partial<Record<GgmlType, number>> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q8_0: 7,
  Q5_0: 8,
  Q5_1: 9,
  Q2_K: 10,
  Q3_K: 12,
  Q4_K: 15,
  Q5_K: 17,
  Q6_K: 18,
  IQ2_XXS: 19,
  IQ2_XS: 20,
  IQ3_XXS: 23,
  IQ1_S: 24,
  IQ4_NL: 25,
  IQ3_S: 26,
  IQ2_S: 28,
  IQ4_XS: 30,
  IQ1_M: 31,
  BF16: 32,
  TQ1_0: 36,
  TQ2_0: 37,
  MXFP4: 38,
}

/** Types of the output. `keep`: as the leading model has them. Otherwise matrices get `dtype` where their rows allow it (else F16) and vectors stay F32. */
export function outputTensors(compiled: Compiled, dtype: string, codec: Pick<Codec, 'canEncode'>): OutputTensor[] {
  if (dtype !== 'keep' && !isGgmlType(dtype)) throw noType(dtype)
  const { tensors } = compiled.plan.nodes[compiled.plan.root] as { tensors: readonly PlanTensor[] }
  return tensors.map(({ name, shape, copied }, index) => {
    const leading = (compiled.leading[index] as { type: GgmlType }).type
    const copy = copied === true
    const type = copy ? leading : dtype === 'keep' ? keptType(leading, shape) : typeFor(name, shape, dtype as GgmlType)
    if (!copy && !codec.canEncode(type))
      throw new TributaryError('model-unsupported', `The tensor ${name} cannot be written as ${type}.`, {
        hint: 'Choose F16, BF16, Q8_0 or another type.',
      })
    return { name, shape, type, copy }
  })
}

/** Checkpoints keep their vectors in half precision; a GGUF has them in F32, and nothing in F64. */
const keptType = (leading: GgmlType, shape: readonly number[]): GgmlType => (shape.length < 2 || leading === 'F64' ? 'F32' : leading)

function typeFor(name: string, shape: readonly number[], wanted: GgmlType): GgmlType {
  const row = shape[0] ?? 1
  if (shape.length < 2) return 'F32'
  // a coarse embedding costs more than it saves
  const type = embeddings.test(name) && isCoarse(wanted) ? 'Q8_0' : wanted
  return row % ggmlTypes[type].block === 0 ? type : 'F16'
}

/** Types of a checkpoint: one for all tensors, vectors included; `keep` leaves each as it leads, and what no checkpoint has becomes F32 or F16. */
export function checkpointTypes({ plan, leading }: Compiled, dtype: string): GgmlType[] {
  if (dtype !== 'keep' && !isGgmlType(dtype)) throw noType(dtype)
  const { tensors } = plan.nodes[plan.root] as { tensors: readonly PlanTensor[] }
  return tensors.map((_, index) => {
    const { type } = leading[index] as { type: GgmlType }
    if (dtype !== 'keep') return dtype
    return type === 'F16' || type === 'BF16' ? type : type === 'F32' || type === 'F64' ? 'F32' : 'F16'
  })
}

const noType = (dtype: string): TributaryError =>
  new TributaryError('weights-parameter', `"${dtype}" is no tensor type.`, {
    hint: 'Choose keep, F32, F16, BF16, Q8_0 or another type of ggml.',
  })

export interface Provenance {
  readonly name: string
  readonly recipe: string
  readonly inputs: string
  readonly seed: number
  readonly warnings: readonly string[]
  readonly version: string
  /** JSON of the statistics that it weighed by: key, quantities and how they were made */
  readonly statistics?: string
  /** JSON of the searches that found its numbers: budget, rows and their hash, best loss */
  readonly search?: string
  readonly origins: readonly Origin[]
}

/** Metadata of the leading model, with the new name, the type of file, and where it comes from. No time, no path: equal recipes give equal bytes. */
export function outputMetadata(metadata: GgufMetadata, dtype: string, from: Provenance): GgufMetadata {
  const text = (value: string): GgufValue => ({ type: 'string', value })
  const result = new Map<string, GgufValue>(
    [...metadata].filter(([key]) => !/^tributary\.|^general\.(base_model|license|tags|url|repo_url|source|uuid|quantized_by)/.test(key)),
  )
  result.set('general.name', text(from.name))
  if (dtype !== 'keep' && fileTypes[dtype as GgmlType] !== undefined)
    result.set('general.file_type', { type: 'uint32', value: fileTypes[dtype as GgmlType] as number })
  if (dtype !== 'keep' && ggmlTypes[dtype as GgmlType].block > 1) result.set('general.quantization_version', { type: 'uint32', value: 2 })
  for (const [key, value] of originKeys(from.origins)) result.set(key, value)
  for (const [key, value] of Object.entries(ownTexts(from)))
    result.set(key, key === 'tributary.merge.seed' ? { type: 'uint32', value: from.seed } : text(value))
  return result
}

/** Where a result comes from, as both kinds of file carry it. */
export function provenanceTexts(from: Provenance): Record<string, string> {
  const origins = [...originKeys(from.origins)].map(([key, { value }]) => [key, Array.isArray(value) ? value.join(', ') : String(value)])
  return { ...Object.fromEntries(origins), ...ownTexts(from) }
}

function ownTexts(from: Provenance): Record<string, string> {
  return {
    'tributary.recipe': from.recipe,
    'tributary.merge.inputs': from.inputs,
    'tributary.merge.seed': String(from.seed),
    'tributary.merge.version': from.version,
    ...(from.statistics === undefined ? {} : { 'tributary.merge.statistics': from.statistics }),
    ...(from.search === undefined ? {} : { 'tributary.merge.search': from.search }),
    ...(from.warnings.length > 0 ? { 'tributary.merge.warnings': from.warnings.join('\n') } : {}),
  }
}
