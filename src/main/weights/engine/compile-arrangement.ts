import type { WeightsExpression } from '../../../shared/expression'
import { numberOf, textOf } from '../gguf/types/header'
import { refuse } from '../settings'
import { ordersOf } from './align'
import type { Heads } from './align-heads'
import { ordersWithResidual } from './align-residual'
import { checkCompatible, type Family } from './compatible'
import type { Compiler } from './compile'
import { numbered, upcycle } from './experts'
import type { Child, PermuteNode, PlanNode } from './plan'
import { stackLayers } from './stack'
import { addTransport, widthsDiffer } from './transport'
import { groupsByTensor } from './zip'

/** Layers, experts and units in another order or together, as nodes of a plan. */

export async function addStack(on: Compiler, { sources, layers, search }: Extract<WeightsExpression, { op: 'stack' }>): Promise<number> {
  if (search) on.searches.push(search)
  const nodes: number[] = []
  for (const source of sources) nodes.push(await on.add(source))
  on.requireModels(nodes, 'A stack of layers')
  const stacked = stackLayers(
    nodes.map((node) => ({ node, tensors: (on.nodes[node] as PlanNode).tensors, family: on.families[node] as Family })),
    layers,
  )
  return on.push({ op: 'stack', kind: 'model', tensors: stacked.tensors, from: stacked.from }, stacked.family)
}

export async function addExperts(
  on: Compiler,
  { shared, experts, router, used }: Extract<WeightsExpression, { op: 'experts' }>,
): Promise<number> {
  const lead = await on.add(shared)
  const nodes: number[] = []
  for (const expert of experts) nodes.push(await on.add(expert))
  on.requireModels([lead, ...nodes], 'A mixture of experts')
  const sourceOf = (node: number) => ({ node, tensors: (on.nodes[node] as PlanNode).tensors, family: on.families[node] as Family })
  for (const node of nodes) checkCompatible(on.families[lead] as Family, on.families[node] as Family)
  const made = upcycle(sourceOf(lead), nodes.map(sourceOf), router, used)
  const numbers = {
    experts: on.push({ op: 'rows', kind: 'model', ...made.experts }, made.family),
    router: on.push({ op: 'load', kind: 'model', ...made.router }, made.family),
  }
  return on.push({ op: 'stack', kind: 'model', tensors: made.tensors, from: numbered(made.from, numbers) }, made.family)
}

export async function addPermute(
  on: Compiler,
  { of, to, solver, seed = 0, heads = false, residual = false }: Extract<WeightsExpression, { op: 'permute' }>,
): Promise<number> {
  const own = await on.add(of)
  const other = to === undefined ? undefined : await on.add(to)
  on.requireModels(other === undefined ? [own] : [own, other], 'Aligning')
  if (other !== undefined && solver === 'transport' && widthsDiffer(on.families[own] as Family, on.families[other] as Family))
    return addTransport(on, own, other)
  const { tensors, lead, others } = on.align(own, other === undefined ? [] : [other])
  if (others[0]?.tensors.some((tensor, index) => tensor !== index)) refuse('Align units', 'needs both models to list the same tensors')
  const family = on.families[own] as Family
  const asked = { solver, seed, heads: heads ? headsOf(family.metadata) : undefined }
  const moved = (from: Child, orders: PermuteNode['orders']): number =>
    on.push({ op: 'permute', kind: 'model', tensors, of: from, orders: tensors.map((_, index) => orders[index] ?? null) }, family)
  const models = [own, other].flatMap((node) => (node === undefined ? [] : [{ node }]))
  const once = <Found>(find: () => Found): Promise<Found> => on.derived.once('orders', models, { ...asked, residual }, find)
  if (!residual) return moved(lead, await once(() => ordersOf(on.nodes, own, other, asked)))
  const { stream, inner } = await once(() => ordersWithResidual(on.nodes, own, other, asked))
  return moved({ ...lead, node: moved(lead, stream) }, inner)
}

/** One number of heads for all blocks; undefined where blocks differ. */
function headsOf(metadata: Family['metadata']): Heads | undefined {
  const of = (key: string) => numberOf(metadata, `${textOf(metadata, 'general.architecture')}.attention.${key}`)
  const all = of('head_count')
  const groups = of('head_count_kv') ?? all
  return all === undefined || groups === undefined || groups < 1 || all % groups !== 0 ? undefined : { groups, perGroup: all / groups }
}

export async function addZip(on: Compiler, { models, groups }: Extract<WeightsExpression, { op: 'zip' }>): Promise<number> {
  const [a, b] = [await on.add(models[0]), await on.add(models[1])]
  on.requireModels([a, b], 'Zipping')
  const { tensors, lead, others } = on.align(a, [b])
  return on.push(
    { op: 'zip', kind: 'model', tensors, models: [lead, others[0] as Child], groups: groupsByTensor(tensors, groups) },
    on.families[a] as Family,
  )
}
