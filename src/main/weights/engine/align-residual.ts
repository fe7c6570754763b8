import { plainCodec } from '../convert/codec'
import { matcherOf } from '../kernels/matching'
import { refuse } from '../settings'
import { type AlignAsked, addAgreement, mostUnits, ordersOf, shuffled } from './align'
import { BlockWorker } from './block-worker'
import type { PermuteNode, PlanNode, PlanTensor } from './plan'

/**
 * The channels of the residual stream have one order through the whole model: columns of embedding, head and of all that reads the stream, rows of all that adds
 * to it, and the gains of its norms. A root mean square heeds no order, so exchanging them changes no output.
 */
const columns =
  /^(token_embd|output|output_norm|blk\.\d+\.(attn_[qkv]|ffn_gate|ffn_up|attn_norm|ffn_norm|post_attention_norm|post_ffw_norm))\.weight$/
const rows = /^blk\.\d+\.(attn_output|ffn_down)\.weight$/
const added = /^blk\.\d+\.(attn_output|ffn_down)\.bias$/
const beside = /^(rope_freqs\.weight|blk\.\d+\.(attn_[qkv]\.bias|ffn_(gate|up)\.bias|attn_[qk]_norm\.weight))$/

type Axis = 'rows' | 'columns'

/** By which axis each tensor meets the residual stream. Throws `weights-parameter` for a tensor whose part in it is not known. */
export function residualAxes(tensors: readonly PlanTensor[]): (Axis | undefined)[] {
  return tensors.map(({ name }) => {
    if (columns.test(name) || added.test(name)) return 'columns'
    if (rows.test(name)) return 'rows'
    if (beside.test(name)) return undefined
    return refuse('Align units', `does not know how ${name} lies to the residual stream`, 'Turn Residual stream off.')
  })
}

const widthOf = (tensors: readonly PlanTensor[]): number =>
  tensors.find(({ name }) => name === 'token_embd.weight')?.shape[0] ?? refuse('Align units', 'finds no embedding in this model')

const movedBy = (axes: readonly (Axis | undefined)[], order: readonly number[]): PermuteNode['orders'] =>
  axes.map((axis) => (axis === undefined ? null : { axis, order }))

/** No round of published runs was near this many. */
const mostRounds = 100

/**
 * Orders of the residual stream and, on what it then is, of hidden units and heads, as two steps to be taken one after the other. With `to`, each is matched while
 * the others stand, in turn, until none changes (coordinate descent of Git Re-Basin, beginning with the stream, of whose order the embedding tells most).
 */
export function ordersWithResidual(
  nodes: readonly PlanNode[],
  of: number,
  to: number | undefined,
  asked: AlignAsked,
): { readonly stream: PermuteNode['orders']; readonly inner: PermuteNode['orders'] } {
  const { tensors } = nodes[of] as PlanNode
  const axes = residualAxes(tensors)
  const width = widthOf(tensors)
  const step = (node: number, orders: PermuteNode['orders']): PermuteNode => ({
    op: 'permute',
    kind: 'model',
    tensors,
    of: { node, tensors: tensors.map((_, index) => index) },
    orders,
  })
  if (to === undefined)
    return { stream: movedBy(axes, shuffled(width, asked.seed, tensors.length, 1)), inner: ordersOf(nodes, of, undefined, asked) }
  if (width > mostUnits) refuse('Align units', `cannot match a residual stream of ${width} channels; ${mostUnits} is the most`)
  let inner: PermuteNode['orders'] = tensors.map(() => null)
  let stream: readonly number[] = []
  for (let round = 0; round < mostRounds; round++) {
    const found = matchedStream([...nodes, step(of, inner)], nodes.length, to, axes, width, asked.solver)
    if (found.every((channel, i) => channel === stream[i])) break
    stream = found
    inner = ordersOf([...nodes, step(of, movedBy(axes, stream))], nodes.length, to, asked)
  }
  return { stream: movedBy(axes, stream), inner }
}

function matchedStream(
  nodes: readonly PlanNode[],
  of: number,
  to: number,
  axes: readonly (Axis | undefined)[],
  width: number,
  solver: AlignAsked['solver'],
): number[] {
  const gain = new Float64Array(width * width)
  const worker = new BlockWorker({ nodes, root: of, blocks: 0 }, plainCodec)
  try {
    for (const [tensor, axis] of axes.entries())
      if (axis !== undefined) addAgreement(worker.whole(to, tensor), worker.whole(of, tensor), [width, width], axis, gain)
  } finally {
    worker.close()
  }
  return matcherOf(solver)(gain, width)
}
