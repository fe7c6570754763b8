import { type GgufMetadata, type GgufValue, numberOf, textOf } from '../gguf/types/header'
import { refuse } from '../settings'
import { type Family, mismatch } from './compatible'
import type { LoadNode, PlanTensor, RowsNode, StackNode } from './plan'

export interface ExpertSource {
  readonly node: number
  readonly tensors: readonly PlanTensor[]
  readonly family: Family
}

/** What a mixture of experts is made of: the rows of the expert tensors, the router, and where every tensor of the result comes from. */
export interface Upcycled {
  readonly experts: Pick<RowsNode, 'tensors' | 'of' | 'rows'>
  readonly router: Pick<LoadNode, 'tensors' | 'places'>
  /** `experts` and `router` stand for the nodes that are not numbered yet */
  readonly from: readonly { readonly node: number | 'experts' | 'router'; readonly tensor: number }[]
  readonly tensors: readonly PlanTensor[]
  readonly family: Family
}

const feedForward = /^blk\.(\d+)\.ffn_(gate|up|down)\.weight$/
const mostExperts = 64

/**
 * Dense models become one mixture of experts: the feed-forward matrices of each are an expert, everything else is that of `shared`, and a router, one row an
 * expert in each block, says by the state of a token which experts it goes to. Llama's layout in GGUF. Throws `weights-parameter` and `weights-mismatch`.
 * Sukhbaatar et al. 2024 (Branch-Train-MiX), arXiv:2403.07816, without its training of the router.
 */
export function upcycle(
  shared: ExpertSource,
  experts: readonly ExpertSource[],
  router: readonly (readonly (readonly number[])[])[],
  used: number,
): Upcycled {
  const { metadata } = shared.family
  const architecture = textOf(metadata, 'general.architecture') ?? ''
  const width = numberOf(metadata, `${architecture}.embedding_length`) ?? 0
  const blocks = numberOf(metadata, `${architecture}.block_count`) ?? 0
  if (architecture !== 'llama') refuse('Mixture of experts', `is written for the architecture llama, not ${architecture}`)
  if (metadata.has('llama.expert_count'))
    refuse('Mixture of experts', `is made of dense models; ${shared.family.name} is a mixture already`)
  if (experts.length < 2 || experts.length > mostExperts)
    refuse('Mixture of experts', `takes 2 to ${mostExperts} experts, not ${experts.length}`)
  if (!(Number.isInteger(used) && used >= 1 && used <= experts.length))
    refuse('Mixture of experts', `uses 1 to ${experts.length} experts a token, not ${used}`)
  if (router.length !== blocks || router.some((rows) => rows.length !== experts.length || rows.some((row) => row.length !== width)))
    refuse('Mixture of experts', `needs a router of ${blocks} blocks with ${experts.length} rows of ${width} numbers`)

  const [tensors, from]: [PlanTensor[], Upcycled['from'][number][]] = [[], []]
  const [stacked, rows, leads]: [PlanTensor[], NonNullable<RowsNode['rows'][number]>[], number[]] = [[], [], []]
  for (const [index, tensor] of shared.tensors.entries()) {
    const [, block, part] = feedForward.exec(tensor.name) ?? []
    if (block === undefined) {
      tensors.push(tensor)
      from.push({ node: shared.node, tensor: index })
      continue
    }
    const name = `blk.${block}.ffn_${part}_exps.weight`
    const one = { name, shape: [...tensor.shape, experts.length] }
    rows.push(experts.flatMap((expert) => rowsOf(expert, tensor)))
    leads.push(index)
    tensors.push(one)
    from.push({ node: 'experts', tensor: stacked.length })
    stacked.push(one)
  }
  const gates = router.map(
    (_, block): PlanTensor => ({ name: `blk.${block}.ffn_gate_inp.weight`, shape: [width, experts.length], copied: true }),
  )
  gates.forEach((gate, tensor) => {
    tensors.push(gate)
    from.push({ node: 'router', tensor })
  })
  const places = router.map((one) => ({
    path: '',
    offset: 0,
    type: 'F32' as const,
    byteLength: 4 * width * experts.length,
    numbers: Float32Array.from(one.flat()),
  }))
  return {
    experts: { tensors: stacked, of: { node: shared.node, tensors: leads }, rows },
    router: { tensors: gates, places },
    from,
    tensors,
    family: { ...shared.family, metadata: mixtureMetadata(metadata, experts.length, used) },
  }
}

function rowsOf({ node, tensors, family }: ExpertSource, { name, shape }: PlanTensor): NonNullable<RowsNode['rows'][number]>[number][] {
  const tensor = tensors.findIndex((one) => one.name === name)
  const found = tensors[tensor]
  if (found === undefined || found.shape.join() !== shape.join())
    throw mismatch('E_SHAPE', `${family.name} has no ${name} of the shape ${shape.join(' × ')}: experts are equally built.`)
  return Array.from({ length: shape[1] ?? 1 }, (_, row) => [{ node, tensor, row }])
}

function mixtureMetadata(shared: GgufMetadata, experts: number, used: number): GgufMetadata {
  const count = (value: number): GgufValue => ({ type: 'uint32', value })
  return new Map([...shared, ['llama.expert_count', count(experts)], ['llama.expert_used_count', count(used)]])
}

/** The stack's parts, once the two nodes have their numbers. */
export const numbered = (from: Upcycled['from'], nodes: { readonly experts: number; readonly router: number }): StackNode['from'] =>
  from.map(({ node, tensor }) => ({ node: typeof node === 'number' ? node : nodes[node], tensor, factor: 1 }))
