import { TributaryError } from '../../../shared/errors'
import { weightsCatalog } from '../catalog'
import type { AnyMethod, Pass, Setting } from '../method'
import { placeOf } from '../place'
import { resolveParams } from '../settings'
import type { CombineNode, Plan, PlanTensor } from './plan'

/** How many numbers a pass keeps of this tensor. */
export const sizeOf = (pass: Pass, { name, shape }: PlanTensor): number =>
  typeof pass.size === 'number' ? pass.size : pass.size(placeOf(name, shape, 0))

/** What a method is asked for a node: what it refuses is told with the value that the node stands for. */
export function asked<T>({ value }: CombineNode, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof TributaryError ? error.at({ value }) : error
  }
}

const settings = new WeakMap<CombineNode, Map<number, { readonly method: AnyMethod; readonly setting: Setting }>>()

/** Method and resolved settings of a node for one tensor. */
export function settingOf(plan: Plan, node: CombineNode, tensor: number): { readonly method: AnyMethod; readonly setting: Setting } {
  const ofNode = settings.get(node) ?? new Map<number, { readonly method: AnyMethod; readonly setting: Setting }>()
  settings.set(node, ofNode)
  const standing = ofNode.get(tensor)
  if (standing) return standing
  const catalog = weightsCatalog()
  const method = (node.catalog === 'methods' ? catalog.method(node.method) : catalog.pruner(node.method)) as AnyMethod
  const at = { tensor: (node.tensors[tensor] as PlanTensor).name, blocks: plan.blocks }
  const setting = asked(node, (): Setting => {
    const resolved = {
      params: resolveParams(method.params, node.params, at, method.name),
      perModel: node.models.map(({ params }) => resolveParams(method.perModel, params, at, method.name)),
      labels: node.models.map(({ label }) => label),
      seed: node.seed,
      hasBase: node.base !== undefined,
      tensorIndex: tensor,
      tensorCount: node.tensors.length,
    }
    method.check?.(resolved)
    return resolved
  })
  ofNode.set(tensor, { method, setting })
  return { method, setting }
}
