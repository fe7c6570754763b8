import { type GgufMetadata, type GgufValue, textOf } from '../gguf/types/header'
import { refuse } from '../settings'
import { type Family, mismatch } from './compatible'
import type { PlanTensor, StackNode } from './plan'

interface Source {
  readonly node: number
  readonly tensors: readonly PlanTensor[]
  readonly family: Family
}

interface Layer {
  readonly source: number
  readonly layer: number
  readonly scale?: number
}

/** What is added to the residual stream, and so what a scale multiplies; where a norm stands between (Gemma), that norm. */
const writesResidual = {
  attention: { last: /\.attn_output\.(weight|bias)$/, norm: /\.(post_attention_norm|attn_post_norm)\.weight$/ },
  feedForward: { last: /\.(ffn_down|ffn_down_exps|ffn_down_shexp)\.(weight|bias)$/, norm: /\.(post_ffw_norm|ffn_post_norm)\.weight$/ },
}
const mostLayers = 512

/**
 * Puts blocks of several models one after the other: `blk.i.*` renamed in order, the embedding from the first layer's source, the final norm and
 * head from the last one's. Lists with one entry a block are cut and joined likewise. Throws `weights-parameter` for layers that are not there
 * and `weights-mismatch` for other widths.
 */
export function stackLayers(
  sources: readonly Source[],
  layers: readonly Layer[],
): { readonly tensors: PlanTensor[]; readonly from: StackNode['from']; readonly family: Family } {
  const [first, last] = [layers[0], layers.at(-1)]
  if (first === undefined || last === undefined) return refuse('Stack layers', 'has no layers')
  if (layers.length > mostLayers) refuse('Stack layers', `has ${layers.length} layers; at most ${mostLayers} can run`)
  const lead = sourceOf(sources, first.source)
  for (const source of sources) checkWidth(lead, source)
  const tensors: PlanTensor[] = []
  const from: StackNode['from'][number][] = []
  const take = (source: Source, index: number, name: string, factor: number): void => {
    tensors.push({ ...(source.tensors[index] as PlanTensor), name })
    from.push({ node: source.node, tensor: index, factor })
  }
  for (const [index, { name }] of lead.tensors.entries()) if (!name.startsWith('blk.') && !isTail(name)) take(lead, index, name, 1)
  for (const [position, layer] of layers.entries()) takeLayer(sourceOf(sources, layer.source), layer, position, take)
  const tail = sourceOf(sources, last.source)
  for (const [index, { name }] of tail.tensors.entries()) if (isTail(name)) take(tail, index, name, 1)
  return { tensors, from, family: { ...lead.family, metadata: stackedMetadata(lead.family.metadata, sources, layers) } }
}

const isTail = (name: string): boolean => /^output(_norm)?\./.test(name)

const sourceOf = (sources: readonly Source[], index: number): Source =>
  sources[index] ?? refuse('Stack layers', `names source ${index}, and there are ${sources.length}`)

function takeLayer(
  source: Source,
  { layer, scale = 1 }: Layer,
  position: number,
  take: (source: Source, index: number, name: string, factor: number) => void,
): void {
  const prefix = `blk.${layer}.`
  const own = [...source.tensors.entries()].filter(([, { name }]) => name.startsWith(prefix))
  const writers = Object.values(writesResidual).map(({ last, norm }) => (own.some(([, { name }]) => norm.test(name)) ? norm : last))
  for (const [index, { name }] of own)
    take(source, index, `blk.${position}.${name.slice(prefix.length)}`, writers.some((writer) => writer.test(name)) ? scale : 1)
  if (own.length === 0) refuse('Stack layers', `names layer ${layer} of ${source.family.name}, which has no such layer`)
}

function checkWidth(a: Source, b: Source): void {
  const [left, right] = [a, b].map(
    ({ family: { metadata } }) =>
      `${textOf(metadata, 'general.architecture')} ${metadata.get(`${textOf(metadata, 'general.architecture')}.embedding_length`)?.value}`,
  )
  if (left !== right) throw mismatch('E_ARCH', `${a.family.name} (${left} wide) and ${b.family.name} (${right} wide) cannot be stacked.`)
}

function stackedMetadata(lead: GgufMetadata, sources: readonly Source[], layers: readonly Layer[]): GgufMetadata {
  const architecture = textOf(lead, 'general.architecture') ?? ''
  const blocks = Number(lead.get(`${architecture}.block_count`)?.value ?? 0)
  const stacked = new Map<string, GgufValue>(lead)
  stacked.set(`${architecture}.block_count`, { type: 'uint32', value: layers.length })
  for (const [key, value] of lead) {
    if (!key.startsWith(`${architecture}.`) || value.type !== 'array' || value.value.length !== blocks) continue
    const list = layers.map(({ source, layer }) => {
      const of = sources[source]?.family.metadata.get(key)
      return of?.type === 'array' ? (of.value[layer] ?? 0) : 0
    })
    stacked.set(key, { ...value, value: list })
  }
  return stacked
}
