import { TributaryError } from '../../../shared/errors'
import type { PermuteNode, Plan, PlanTensor, StackNode } from '../engine/plan'
import { textOf } from '../gguf/types/header'
import type { SafetensorsPlan } from '../safetensors/write'
import { ownNumbers, unsupported } from './config'
import type { DecoderFamily, Heads } from './decoder'
import { decoders } from './decoders'
import { type DescribedModel, filesBeside } from './export-files'
import { checkpointName } from './names'

/** What is to be written, in the layout of a GGUF. */
export interface ExportedModel extends DescribedModel {
  readonly plan: Plan
  /** type of each tensor of the plan's root */
  readonly types: readonly string[]
}

export interface CheckpointExport {
  /** the plan in the layout of the checkpoint: its root's tensors are those of `tensors`, in this order */
  readonly plan: Plan
  readonly tensors: readonly SafetensorsPlan[]
  readonly files: ReadonlyMap<string, Uint8Array>
}

/**
 * A decoder in Hugging Face's layout: names, order of dimensions, rows and norms as its family keeps them, config and tokenizer beside the weights
 * (carried over from the checkpoint that leads, or written from the GGUF's metadata). Reading it again gives the tensors bit for bit, but for norms of a
 * Gemma below a half, whose last bits one more and one less can cost. Throws `model-unsupported` for what has no such layout here.
 */
export async function exportCheckpoint(model: ExportedModel): Promise<CheckpointExport> {
  const architecture = textOf(model.metadata, 'general.architecture')
  const family = decoders.find((one) => one.architecture === architecture)
  if (family === undefined)
    throw unsupported(
      `${model.name} is a ${architecture} model, and only ${decoders.map((one) => one.architecture).join(', ')} models are written as safetensors`,
    )
  const { tensors: all } = model.plan.nodes[model.plan.root] as { tensors: readonly PlanTensor[] }
  const kept = all.flatMap((tensor, index) => {
    const name = checkpointName(tensor.name, family.names)
    if (name !== undefined) return [{ tensor, index, name }]
    // what the constants say stands in the config of a checkpoint
    if (tensor.copied && model.checkpoint !== undefined) return []
    throw unsupported(`The tensor ${tensor.name} has no place in a checkpoint of ${architecture}`)
  })
  const names = new Set(kept.map(({ name }) => name))
  return {
    plan: planOf(model, family, kept),
    tensors: kept.map(({ tensor, index, name }) => ({
      name,
      shape: [...tensor.shape].reverse(),
      type: typeOf(model.types[index] ?? '', tensor.name),
    })),
    files: await filesBeside(model, family, names, model.types[kept[0]?.index ?? 0] ?? 'F16'),
  }
}

type Kept = readonly { readonly tensor: PlanTensor; readonly index: number }[]

/** On top of the plan: the tensors that are kept, their rows in the order of the checkpoint, and norms as small as it has them. */
function planOf({ plan, metadata }: ExportedModel, family: DecoderFamily, kept: Kept): Plan {
  const { heads } = ownNumbers(metadata, family)
  const tensors = kept.map(({ tensor }) => tensor)
  const ordered: PermuteNode = {
    op: 'permute',
    kind: 'model',
    tensors,
    of: { node: plan.root, tensors: kept.map(({ index }) => index) },
    orders: tensors.map((tensor) => checkpointOrder(tensor, family, heads)),
  }
  const { plusOne } = family.names
  const shifted: StackNode | undefined = plusOne && {
    op: 'stack',
    kind: 'model',
    tensors,
    from: tensors.map(({ name }, tensor) => ({ node: plan.nodes.length, tensor, factor: 1, ...(plusOne.test(name) ? { plus: -1 } : {}) })),
  }
  const nodes = [...plan.nodes, ordered, ...(shifted ? [shifted] : [])]
  return { ...plan, nodes, root: nodes.length - 1 }
}

function typeOf(type: string, tensor: string): SafetensorsPlan['type'] {
  if (type === 'F32' || type === 'F16' || type === 'BF16') return type
  throw new TributaryError('model-unsupported', `The tensor ${tensor} would be ${type}, which safetensors do not have.`, {
    hint: 'Choose F32, F16 or BF16.',
  })
}

/** Row c of the checkpoint is the row of the GGUF that came from it. */
function checkpointOrder({ name, shape }: PlanTensor, family: DecoderFamily, heads: Heads): PermuteNode['orders'][number] {
  const sourceRow = family.rows?.(name, heads)
  if (!sourceRow) return null
  const axis = shape.length > 1 ? 'rows' : 'columns'
  const order = new Array<number>((axis === 'rows' ? shape[1] : shape[0]) ?? 0)
  for (let row = 0; row < order.length; row++) order[sourceRow(row)] = row
  return { axis, order }
}
