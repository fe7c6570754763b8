import { blockCountOf } from '../place'
import { type Child, type CombineNode, isCombined, type Plan, type PlanTensor } from './plan'
import { holdsNoNumbers } from './require-finite'

/** What reads blocks of other nodes, apart from the block in hand. */
interface BlockReader {
  startBlock(): void
  child(child: Child, tensor: number, block: number): Float32Array
  close(): void
}

/** Which tensors of which models hold values that are no numbers, where those are dropped; all of a tensor is read, once a thread. */
export class UnfitTensors {
  private readonly plan: Plan
  private readonly fresh: () => BlockReader
  private readonly known = new Map<string, boolean>()

  constructor(plan: Plan, fresh: () => BlockReader) {
    this.plan = plan
    this.fresh = fresh
  }

  has(node: number, model: number, tensor: number): boolean {
    const key = `${node}/${model}/${tensor}`
    const known = this.known.get(key) ?? this.find(this.plan.nodes[node] as CombineNode, model, tensor)
    this.known.set(key, known)
    return known
  }

  private find(node: CombineNode, model: number, tensor: number): boolean {
    const { child } = node.models[model] as CombineNode['models'][number]
    if (isCombined(this.plan, child.node)) return false
    const { shape } = node.tensors[tensor] as PlanTensor
    const reader = this.fresh()
    try {
      for (let block = 0; block < blockCountOf(shape); block++) {
        reader.startBlock()
        if (holdsNoNumbers(reader.child(child, tensor, block))) return true
      }
      return false
    } finally {
      reader.close()
    }
  }
}
