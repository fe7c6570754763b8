import { checkCompatible, type Family } from './compatible'
import type { Compiler } from './compile'
import type { PlanNode, PlanTensor, StackNode } from './plan'
import { withWidthOf } from './transport'

/**
 * A model with the base's own tensor wherever its own is of another shape, so that nothing changes there; the model itself where all fit. Every such tensor is told.
 * Throws what `checkCompatible` throws, but for the width of feed-forward layers.
 */
export function fitted(on: Compiler, model: number, base: number): number {
  const [own, goal] = [on.nodes[model] as PlanNode, on.nodes[base] as PlanNode]
  const [family, lead] = [on.families[model] as Family, on.families[base] as Family]
  if (own.kind !== 'model') return model
  const places = goal.tensors.map((tensor) => own.tensors.findIndex(({ name }) => name === tensor.name))
  const unfit = goal.tensors.filter(({ shape }, index) => {
    const found = own.tensors[places[index] as number]
    return found !== undefined && found.shape.join() !== shape.join()
  })
  if (unfit.length === 0) return model
  const fit = withWidthOf(family, lead)
  checkCompatible(fit, lead)
  for (const { name, shape } of unfit) {
    const found = own.tensors.find((tensor) => tensor.name === name)
    on.warnings.add(
      `The tensor ${name} is ${found?.shape.join(' × ')} in ${family.name} and ${shape.join(' × ')} in ${lead.name}: what ${family.name} changed there is dropped.`,
    )
  }
  const names = new Set(unfit.map(({ name }) => name))
  // what only this model has stays, so that it is still refused where nobody expects it
  const extra = own.tensors.filter(({ name }) => !goal.tensors.some((tensor) => tensor.name === name))
  const present = goal.tensors.flatMap((tensor, index) => (places[index] === -1 ? [] : [{ tensor, index }]))
  const from = [
    ...present.map(({ tensor, index }) =>
      names.has(tensor.name) ? { node: base, tensor: index, factor: 1 } : { node: model, tensor: places[index] as number, factor: 1 },
    ),
    ...extra.map((tensor) => ({ node: model, tensor: own.tensors.indexOf(tensor), factor: 1 })),
  ]
  const tensors: PlanTensor[] = [...present.map(({ tensor }) => tensor), ...extra]
  return on.push({ op: 'stack', kind: 'model', tensors, from } satisfies StackNode, fit)
}
