import type { Json } from '../../../shared/json'
import type { GgmlType } from '../gguf/types/ggml-type'
import type { Mixture } from '../kernels/transport'
import type { StatisticsPlace } from '../statistics/stored-table'

/**
 * A weights expression made ready to run: plain JSON, sent to every thread once. Nodes stand after what they depend on; equal parts of the
 * expression are one node, so a tensor that several of them want is read once a block.
 */
export interface Plan {
  readonly nodes: readonly PlanNode[]
  /** the node that is written */
  readonly root: number
  /** blocks of the model, for schedules */
  readonly blocks: number
  /** where statistics are, by blob */
  readonly statistics?: Readonly<Record<string, StatisticsPlace>>
  /** of these, the one whose energies say which columns matter most when the result is quantized */
  readonly importance?: string
  /** who is compared with the root, where a survey is made */
  readonly survey?: SurveyPlan
}

export interface SurveyPlan {
  readonly base?: Child
  readonly models: readonly Child[]
}

export interface PlanTensor {
  readonly name: string
  /** innermost first */
  readonly shape: readonly number[]
  /** integers and constants: copied from the leading model, never computed */
  readonly copied?: true
}

interface NodeBase {
  /** a full model, or a difference of two */
  readonly kind: 'model' | 'delta'
  readonly tensors: readonly PlanTensor[]
}

export interface LoadNode extends NodeBase {
  readonly op: 'load'
  readonly places: readonly Place[]
}

/** Where a tensor lies. */
export interface Place {
  readonly path: string
  readonly offset: number
  readonly type: GgmlType
  readonly byteLength: number
  /** added to every value that is read; neutral: 0 */
  readonly plus?: number
  /** stands in no file: these numbers, as F32; only for tensors that are copied */
  readonly numbers?: Float32Array
}

/** A node and, for each of this node's tensors, the index of the tensor there. */
export interface Child {
  readonly node: number
  readonly tensors: readonly number[]
}

export interface DeltaNode extends NodeBase {
  readonly op: 'delta'
  readonly tuned: Child
  readonly base: Child
}

export interface CombineNode extends NodeBase {
  readonly op: 'combine'
  readonly catalog: 'methods' | 'pruners'
  readonly method: string
  readonly base?: Child
  readonly models: readonly {
    readonly child: Child
    /** keys the random draws of this model */
    readonly label: string
    /** what a person calls it */
    readonly name: string
    readonly params: { readonly [name: string]: Json }
    readonly statistics?: string
  }[]
  readonly baseStatistics?: string
  /** a model's tensor that holds values that are no numbers counts as unchanged from the base */
  readonly dropsUnfit?: boolean
  readonly params: { readonly [name: string]: Json }
  readonly seed: number
  /** hash of its expression on a wire, for errors; decides no number */
  readonly value: string
}

export interface StackNode extends NodeBase {
  readonly op: 'stack'
  /** where each tensor comes from, what it is multiplied by, and what is added then (neutral: 0) */
  readonly from: readonly { readonly node: number; readonly tensor: number; readonly factor: number; readonly plus?: number }[]
}

/** Rows or columns of some tensors in another order: entry i of the list says which one of the source comes at place i. */
export interface PermuteNode extends NodeBase {
  readonly op: 'permute'
  readonly of: Child
  readonly orders: readonly ({ readonly axis: 'rows' | 'columns'; readonly order: readonly number[] } | null)[]
}

/** Rows of some tensors gathered anew, from this model and from others: how models come to one vocabulary. */
export interface RowsNode extends NodeBase {
  readonly op: 'rows'
  readonly of: Child
  /** one source a row; null: as it is */
  readonly rows: readonly (readonly RowPart[] | null)[]
}

/** A row of the tensor itself; the mean, or weighted sum, of rows of other tensors (none: zeros); or the mean of the node's own rows before the first of this kind. */
export type RowPart = number | readonly RowOf[] | 'mean'

export interface RowOf {
  readonly node: number
  readonly tensor: number
  readonly row: number
  /** of a sum, where all of them have one */
  readonly weight?: number
}

/** Rows or columns of some tensors made of several of the source: rows by mean, columns by sum (of a weight) or by mean (of a bias). */
export interface MixNode extends NodeBase {
  readonly op: 'mix'
  readonly of: Child
  readonly mixtures: readonly ({ readonly axis: 'rows' | 'sums' | 'means'; readonly of: readonly Mixture[] } | null)[]
}

/** The mean of two models; where there are groups, of the rows (mean) or columns (half the sum) that each group names. Members count through both models. */
export interface ZipNode extends NodeBase {
  readonly op: 'zip'
  readonly models: readonly [Child, Child]
  readonly groups: readonly ({ readonly axis: 'rows' | 'columns'; readonly members: readonly (readonly number[])[] } | null)[]
}

export type PlanNode = LoadNode | DeltaNode | CombineNode | StackNode | PermuteNode | RowsNode | ZipNode | MixNode

/** One tensor of one node. */
export interface Part {
  readonly node: number
  readonly tensor: number
}

/** The tensor of a child that stands at a node's own `tensor`. */
export const partAt = (child: Child, tensor: number): Part => ({ node: child.node, tensor: child.tensors[tensor] as number })

/** Every (node, tensor) that this tensor of this node is made of, directly. */
export function partsOf(node: PlanNode, tensor: number): Part[] {
  const at = (child: Child): Part => partAt(child, tensor)
  switch (node.op) {
    case 'load':
      return []
    case 'delta':
      return [at(node.tuned), at(node.base)]
    case 'combine':
      return [...(node.base ? [at(node.base)] : []), ...node.models.map(({ child }) => at(child))]
    case 'permute':
    case 'mix':
      return [at(node.of)]
    case 'rows': {
      const parts = new Map([[`${node.of.node}/${node.of.tensors[tensor]}`, at(node.of)]])
      for (const part of node.rows[tensor] ?? [])
        if (typeof part === 'object')
          for (const { node: from, tensor: index } of part) parts.set(`${from}/${index}`, { node: from, tensor: index })
      return [...parts.values()]
    }
    case 'zip':
      return node.models.map(at)
    case 'stack': {
      const from = node.from[tensor]
      return from ? [{ node: from.node, tensor: from.tensor }] : []
    }
    default:
      return node satisfies never
  }
}

/** The (node, tensor) whose values this one has without any change, if there is one. */
export function sameAs(node: PlanNode, tensor: number): Part | undefined {
  switch (node.op) {
    case 'permute':
      return node.orders[tensor] ? undefined : partAt(node.of, tensor)
    case 'mix':
      return node.mixtures[tensor] ? undefined : partAt(node.of, tensor)
    case 'rows':
      return node.rows[tensor] ? undefined : partAt(node.of, tensor)
    case 'stack': {
      const { node: source, tensor: index, factor, plus = 0 } = node.from[tensor] as StackNode['from'][number]
      return factor === 1 && plus === 0 ? { node: source, tensor: index } : undefined
    }
    default:
      return undefined
  }
}

const combined = new WeakMap<Plan, readonly boolean[]>()

/** Whether a node is a merge or made of one: what it gives is known only when passes were run. Nodes stand after what they depend on. */
export function isCombined(plan: Plan, index: number): boolean {
  const standing = combined.get(plan)
  if (standing) return standing[index] ?? false
  const found: boolean[] = []
  for (const node of plan.nodes)
    found.push(node.op === 'combine' || node.tensors.some((_, tensor) => partsOf(node, tensor).some((part) => found[part.node])))
  combined.set(plan, found)
  return found[index] ?? false
}
