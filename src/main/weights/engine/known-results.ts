import { knownAt, nothing } from '../run-passes'
import type { Known } from './job'
import type { CombineNode, Plan, PlanTensor } from './plan'
import { settingOf, sizeOf } from './setting-of'

/** What the passes of a merge have found and the thread was told of. */
export class KnownResults {
  readonly #plan: Plan
  readonly #settled = new Map<string, Float64Array>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  tell({ node, pass, tensor, settled }: Known): void {
    this.#settled.set(`${node}/${pass}/${tensor}`, settled)
  }

  /** What each pass of a node found for this block, of the tensor or of the whole model. */
  of(index: number, tensor: number, block: number): Float64Array[] {
    const node = this.#plan.nodes[index] as CombineNode
    const { method, setting } = settingOf(this.#plan, node, tensor)
    return (method.passes?.(setting) ?? []).map((pass, number) => {
      const settled = this.#settled.get(`${index}/${number}/${tensor}`) ?? this.#settled.get(`${index}/${number}/-1`) ?? nothing
      return knownAt(pass, settled, sizeOf(pass, node.tensors[tensor] as PlanTensor), block)
    })
  }
}
