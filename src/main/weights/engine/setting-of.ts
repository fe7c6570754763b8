import { weightsCatalog } from '../catalog'
import type { AnyMethod, Pass, Setting } from '../method'
import { placeOf } from '../place'
import { resolveParams } from '../settings'
import type { CombineNode, Plan, PlanTensor } from './plan'

/** How many numbers a pass keeps of this tensor. */
export const sizeOf = (pass: Pass, { name, shape }: PlanTensor): number =>
  typeof pass.size === 'number' ? pass.size : pass.size(placeOf(name, shape, 0))

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
  const setting: Setting = {
    params: resolveParams(method.params, node.params, at, method.name),
    perModel: node.models.map(({ params }) => resolveParams(method.perModel, params, at, method.name)),
    labels: node.models.map(({ label }) => label),
    seed: node.seed,
    hasBase: node.base !== undefined,
    tensorIndex: tensor,
    tensorCount: node.tensors.length,
  }
  method.check?.(setting)
  ofNode.set(tensor, { method, setting })
  return { method, setting }
}
