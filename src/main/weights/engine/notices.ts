import { weightsCatalog } from '../catalog'
import type { AnyMethod } from '../method'
import { blockCountOf, elementsOf } from '../place'
import { openTable } from '../statistics/stored-table'
import { pairAt, pairsOf } from './agreement'
import type { JobPool } from './job'
import { type CombineNode, isCombined, type Plan, type PlanNode, type PlanTensor } from './plan'
import { settingOf } from './setting-of'

/**
 * What a person should know of a merge before its first byte is written: models that agree or pull against each other, tensors that nobody changed, densities
 * that keep nothing, heads that have nothing in common. Looks at a few hundred blocks; nothing here stops a merge. The same models give the same sentences.
 */
export async function noticesOf(plan: Plan, pool: JobPool, signal?: AbortSignal): Promise<string[]> {
  const found: string[] = []
  for (const [index, node] of plan.nodes.entries()) {
    if (node.op !== 'combine') continue
    found.push(...emptyDensities(plan, node), ...energiesAlone(plan, node), ...settingNotice(plan, node))
    // what is itself combined is known only once it was computed
    if ([...node.models.map(({ child }) => child), ...(node.base ? [node.base] : [])].some((child) => isCombined(plan, child.node)))
      continue
    const method = methodOf(node)
    const isOfChanges = method.of === 'deltas' || node.kind === 'delta'
    if (isOfChanges) found.push(...(await changesIn(plan, index, node, method, pool, signal)))
    else if (method.remark) found.push(...(await remarksIn(plan, index, node, method, pool, signal)))
    else if (node.models.length > 1) found.push(...(await headsIn(index, node, pool, signal)))
  }
  return [...new Set(found)]
}

const methodOf = ({ catalog, method }: CombineNode): AnyMethod =>
  (catalog === 'methods' ? weightsCatalog().method(method) : weightsCatalog().pruner(method)) as AnyMethod

const computedOf = ({ tensors }: PlanNode): number[] => [...tensors.keys()].filter((index) => tensors[index]?.copied !== true)

/** Blocks that are looked at beside the first of each tensor. */
const mostBlocks = 192
const alike = 0.999
const against = -0.2

async function changesIn(
  plan: Plan,
  index: number,
  node: CombineNode,
  method: AnyMethod,
  pool: JobPool,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const tensors = computedOf(node)
  const tables = await agreements(node, index, tensors, stepOver(node, tensors), pool, signal)
  const dropped = node.models.flatMap(({ name }, model) => {
    const names = tensors
      .filter((_, at) => tables[at]?.[pairsOf(node.models.length) + model] === 1)
      .map((tensor) => (node.tensors[tensor] as PlanTensor).name)
    return names.length === 0 ? [] : [`${name} holds values that are no numbers in ${listed(names)}: what it changed there is dropped.`]
  })
  const still = tensors
    .filter((_, at) => tables[at]?.subarray(0, pairsOf(node.models.length)).every((sum) => sum === 0))
    .map((tensor) => (node.tensors[tensor] as PlanTensor).name)
  const moved = still.length < tensors.length
  return [
    ...dropped,
    ...(still.length > 0 && moved ? [`${listed(still)} ${still.length > 1 ? 'are' : 'is'} as in the base in every model.`] : []),
    ...(moved || tensors.length === 0 ? [] : ['Every model is equal to its base: nothing is merged.']),
    ...agreeing(node, sumOf(tables, node.models.length), method),
    ...remarksOf(plan, node, method, tensors, tables),
    ...headNotices(node, tensors, tables),
  ]
}

/** So far apart are the blocks that are looked at. */
const stepOver = (node: CombineNode, tensors: readonly number[]): number =>
  Math.max(1, Math.ceil(tensors.reduce((sum, tensor) => sum + blockCountOf((node.tensors[tensor] as PlanTensor).shape), 0) / mostBlocks))

async function remarksIn(
  plan: Plan,
  index: number,
  node: CombineNode,
  method: AnyMethod,
  pool: JobPool,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const tensors = computedOf(node)
  const tables = await agreements(node, index, tensors, stepOver(node, tensors), pool, signal)
  return [...remarksOf(plan, node, method, tensors, tables), ...headNotices(node, tensors, tables)]
}

/** What the method itself has to say of tensors, those with the same remark together. */
function remarksOf(
  plan: Plan,
  node: CombineNode,
  method: AnyMethod,
  tensors: readonly number[],
  tables: readonly Float64Array[],
): string[] {
  const named = new Map<string, string[]>()
  for (const [at, tensor] of tensors.entries()) {
    const products = (i: number, j: number): number => tables[at]?.[pairAt(node.models.length, Math.min(i, j), Math.max(i, j))] ?? 0
    const remark = method.remark?.(products, settingOf(plan, node, tensor).setting)
    if (remark !== undefined) named.set(remark, [...(named.get(remark) ?? []), (node.tensors[tensor] as PlanTensor).name])
  }
  return [...named].map(([remark, names]) => `${listed(names)}: ${remark}.`)
}

function agreeing({ models }: CombineNode, sums: Float64Array, { title, orthogonal }: AnyMethod): string[] {
  return pairs(models.length).flatMap(([i, j]) => {
    const cosine = cosineOf(sums, models.length, i, j)
    if (cosine === undefined) return []
    const both = `${models[i]?.name} and ${models[j]?.name}`
    const figure = `cosine ${cosine.toFixed(cosine > alike ? 4 : 2).replace('-', '−')}`
    if (cosine > alike) return [`${both} change the base alike (${figure}): merging them adds little.`]
    if (cosine < against) return [`${both} pull against each other (${figure}): what one learnt the other undoes in part.`]
    if (orthogonal !== undefined && cosine > orthogonal)
      return [`${title} assumes task vectors that are nearly orthogonal; those of ${both} are not (${figure}).`]
    return []
  })
}

const head = /^(output|cls(\..*)?|score|classifier)\.weight$/

/** Heads are looked at where there are some, beside a few tensors of the trunk. */
async function headsIn(index: number, node: CombineNode, pool: JobPool, signal: AbortSignal | undefined): Promise<string[]> {
  const all = computedOf(node)
  const nameAt = (tensor: number): string => (node.tensors[tensor] as PlanTensor).name
  const heads = all.filter((tensor) => head.test(nameAt(tensor)))
  if (heads.length === 0) return []
  const trunk = all.filter((tensor) => nameAt(tensor).startsWith('blk.') && (node.tensors[tensor] as PlanTensor).shape.length > 1)
  const step = Math.max(1, Math.floor(trunk.length / 8))
  const tensors = [...heads, ...trunk.filter((_, at) => at % step === 0)]
  return headNotices(node, tensors, await agreements(node, index, tensors, 16, pool, signal))
}

/** Heads that were initialised each by themselves have nothing to do with each other, though the rest was tuned from one ancestor. Rame et al. 2024 (WARM). */
function headNotices(node: CombineNode, tensors: readonly number[], tables: readonly Float64Array[]): string[] {
  const isHead = (_: unknown, at: number): boolean => head.test((node.tensors[tensors[at] as number] as PlanTensor).name)
  const count = node.models.length
  const [heads, trunk] = [tables.filter(isHead), tables.filter((table, at) => !isHead(table, at))].map((some) => sumOf(some, count)) as [
    Float64Array,
    Float64Array,
  ]
  return pairs(count).flatMap(([i, j]) => {
    const [own, rest] = [cosineOf(heads, count, i, j), cosineOf(trunk, count, i, j)]
    return own !== undefined && rest !== undefined && Math.abs(own) < 0.1 && rest > 0.3
      ? [
          `The output heads of ${node.models[i]?.name} and ${node.models[j]?.name} have nothing in common (cosine ${own.toFixed(2).replace('-', '−')}, elsewhere ${rest.toFixed(2)}): were they initialised each by itself?`,
        ]
      : []
  })
}

function settingNotice(plan: Plan, node: CombineNode): string[] {
  const [first] = computedOf(node)
  const said = first === undefined ? undefined : methodOf(node).notice?.(settingOf(plan, node, first).setting)
  return said === undefined ? [] : [said]
}

function emptyDensities(plan: Plan, node: CombineNode): string[] {
  const method = methodOf(node)
  const tensors = computedOf(node)
  const total = tensors.reduce((sum, tensor) => sum + elementsOf((node.tensors[tensor] as PlanTensor).shape), 0)
  return node.models.flatMap(({ name }, model) => {
    const emptied = tensors.filter((tensor) => {
      const { setting } = settingOf(plan, node, tensor)
      const density = setting.perModel[model]?.density ?? setting.params.density
      if (typeof density !== 'number') return false
      const elements = setting.params.scope === 'model' ? total : elementsOf((node.tensors[tensor] as PlanTensor).shape)
      return method.stochastic ? density === 0 : Math.floor(density * elements) === 0
    })
    if (emptied.length === 0) return []
    const where =
      emptied.length === tensors.length ? '' : ` in ${listed(emptied.map((tensor) => (node.tensors[tensor] as PlanTensor).name))}`
    return [`At its density ${method.title} keeps nothing of ${name}${where}.`]
  })
}

/** Where a method that wants Gram matrices has energies instead, since the inputs were too wide to measure whole. */
function energiesAlone({ statistics = {} }: Plan, node: CombineNode): string[] {
  const { statistics: wanted, title } = methodOf(node)
  const blobs = node.models.flatMap(({ statistics: blob }) => (blob !== undefined && statistics[blob] ? [statistics[blob]] : []))
  if (!wanted?.needs.includes('gram') || blobs.length === 0) return []
  const tables = blobs.map((bytes) => openTable(bytes))
  const narrow = computedOf(node)
    .map((tensor) => (node.tensors[tensor] as PlanTensor).name)
    .filter((name) => tables.every((table) => table.has(name, 'energy')) && !tables.every((table) => table.has(name, 'gram')))
  return narrow.length === 0 ? [] : [`${title} goes by energies alone, without correlations, in ${listed(narrow)}.`]
}

/** One table a tensor. */
async function agreements(
  node: CombineNode,
  index: number,
  tensors: readonly number[],
  step: number,
  pool: JobPool,
  signal: AbortSignal | undefined,
): Promise<Float64Array[]> {
  signal?.throwIfAborted()
  const results = await Promise.all(
    tensors.map((tensor) => {
      const toBlock = blockCountOf((node.tensors[tensor] as PlanTensor).shape)
      return pool.run({ type: 'agreement', node: index, tensor, fromBlock: 0, toBlock, step })
    }),
  )
  return results.map(({ table }) => table ?? new Float64Array(pairsOf(node.models.length) + node.models.length))
}

function sumOf(tables: readonly Float64Array[], models: number): Float64Array {
  const sums = new Float64Array(pairsOf(models))
  for (const table of tables) for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (table[i] as number)
  return sums
}

function cosineOf(sums: Float64Array, models: number, i: number, j: number): number | undefined {
  const at = (a: number, b: number): number => sums[pairAt(models, a, b)] as number
  const norm = Math.sqrt(at(i, i) * at(j, j))
  return norm > 0 ? at(i, j) / norm : undefined
}

const pairs = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: count - i - 1 }, (_, k): [number, number] => [i, i + 1 + k])).flat()

/** The first few names, and how many more. */
const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more tensors`
