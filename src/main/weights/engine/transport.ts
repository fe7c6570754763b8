import { plainCodec } from '../convert/codec'
import { type GgufMetadata, numberOf, textOf } from '../gguf/types/header'
import { type Mixture, transport } from '../kernels/transport'
import { refuse } from '../settings'
import { addAgreement, unitsByBlock } from './align'
import { BlockWorker } from './block-worker'
import { checkCompatible, type Family, mismatch } from './compatible'
import type { Compiler } from './compile'
import type { MixNode, PlanNode } from './plan'

const widthKey = (metadata: GgufMetadata): string => `${textOf(metadata, 'general.architecture')}.feed_forward_length`

/** Whether two models have feed-forward layers of different widths. */
export function widthsDiffer(a: Family, b: Family): boolean {
  const [own, other] = [a, b].map(({ metadata }) => numberOf(metadata, widthKey(metadata)))
  return own !== undefined && other !== undefined && own !== other
}

/** A family that says it has feed-forward layers as wide as another's. */
export function withWidthOf(family: Family, goal: Family): Family {
  const key = widthKey(family.metadata)
  const width = goal.metadata.get(key)
  return width === undefined ? family : { ...family, metadata: new Map([...family.metadata, [key, width]]) }
}

/**
 * A model with feed-forward layers as wide as another's: by optimal transport of its units onto the other's, each new unit reads what the mean of its sources
 * reads, and every source's output is given out whole. Splitting a unit in two halves and transporting it back changes nothing. Singh and Jaggi 2020, arXiv:1910.05653.
 */
export async function addTransport(on: Compiler, own: number, to: number): Promise<number> {
  const [family, goal] = [on.families[own] as Family, on.families[to] as Family]
  const [{ tensors }, { tensors: goals }] = [on.nodes[own] as PlanNode, on.nodes[to] as PlanNode]
  const widened = withWidthOf(family, goal)
  checkCompatible(widened, goal)
  const goalOf = tensors.map(({ name }) => goals.findIndex((one) => one.name === name))
  const missing = tensors[goalOf.indexOf(-1)]
  if (missing) throw mismatch('E_MISSING', `${goal.name} lacks the tensor ${missing.name}, which ${family.name} has.`)
  const mixtures = await on.derived.once('transport', [{ node: own }, { node: to }], null, () => transported(on.nodes, own, to, goalOf))
  const result = tensors.map((tensor, index) => {
    const { shape } = goals[goalOf[index] as number] as { shape: readonly number[] }
    if (mixtures[index] === null && shape.join() !== tensor.shape.join())
      throw mismatch(
        'E_SHAPE',
        `The tensor ${tensor.name} is ${tensor.shape.join(' × ')} in ${family.name} and ${shape.join(' × ')} in ${goal.name}.`,
      )
    return { ...tensor, shape }
  })
  return on.push(
    { op: 'mix', kind: 'model', tensors: result, of: { node: own, tensors: tensors.map((_, index) => index) }, mixtures },
    widened,
  )
}

/** For each tensor how its rows or columns come together, by transport in each block; null where they stay. `goalOf`: the tensor of `to` for each of `own`. */
function transported(nodes: readonly PlanNode[], own: number, to: number, goalOf: readonly number[]): MixNode['mixtures'] {
  const [{ tensors }, { tensors: goals }] = [nodes[own] as PlanNode, nodes[to] as PlanNode]
  const mixtures: (MixNode['mixtures'][number] | null)[] = tensors.map(() => null)
  const worker = new BlockWorker({ nodes, root: own, blocks: 0 }, plainCodec)
  try {
    for (const [block, { rows, columns, count }] of unitsByBlock(tensors)) {
      const down = columns.find((tensor) => (tensors[tensor]?.shape.length ?? 0) > 1)
      const width = goals[goalOf[down ?? 0] as number]?.shape[0] ?? 0
      const gain = new Float64Array(width * count)
      for (const tensor of rows)
        addAgreement(worker.whole(to, goalOf[tensor] as number), worker.whole(own, tensor), [width, count], 'rows', gain)
      const of = transport(gain, width, count) ?? tooLarge(block, width, count)
      for (const tensor of rows) mixtures[tensor] = { axis: 'rows', of }
      for (const tensor of columns) mixtures[tensor] = { axis: tensor === down ? 'sums' : 'means', of }
    }
  } finally {
    worker.close()
  }
  return mixtures
}

function tooLarge(block: number, to: number, from: number): Mixture[] {
  return refuse(
    'Align units',
    `cannot transport the ${from} units of block ${block} onto ${to}: their least common multiple is above 2,048`,
  )
}
