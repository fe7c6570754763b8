import type { DerivedStore } from '../../../shared/derived-store'
import type { WeightsExpression } from '../../../shared/expression'
import type { ModelRef } from '../../../shared/value'
import type { TensorReport, WeightsHistogram, WeightsReport } from '../../../shared/weights-report'
import type { Codec } from '../convert/codec'
import { type Compiled, compileAny } from '../engine/compile'
import { Coordinator } from '../engine/coordinate'
import { titleOf } from '../engine/expression-title'
import type { JobPool } from '../engine/job'
import { noticesOf } from '../engine/notices'
import { outputTensors } from '../engine/output'
import type { Plan, PlanNode, PlanTensor, SurveyPlan } from '../engine/plan'
import { settingOf } from '../engine/setting-of'
import { byteLengthOf } from '../gguf/types/ggml-type'
import { elementsOf } from '../place'
import { addBlocks } from '../run-passes'
import type { ReadBlob } from '../statistics/stored-table'
import { layoutOf } from './kernel'

export interface SurveyTools {
  readonly resolve: (ref: ModelRef) => Promise<{ readonly path: string }>
  /** what could be written, for the sizes */
  readonly codec: Pick<Codec, 'canEncode'>
  readonly pool: (plan: Plan) => JobPool
  /** statistics that methods weigh by */
  readonly readBlob?: ReadBlob
  /** where what takes long to find beforehand is kept; neutral: nowhere */
  readonly derived?: DerivedStore | undefined
  readonly signal?: AbortSignal
  /** entries surveyed so far */
  readonly onProgress?: (done: number, total: number) => void
}

const jobBlocks = 32
const dtypes = ['keep', 'F32', 'F16', 'BF16', 'Q8_0', 'Q6_K', 'Q4_K', 'Q4_0']

/** Computes all of an expression and writes nothing: what changes where, how the models agree, and how large the file would be. */
export async function surveyWeights(expression: WeightsExpression, tools: SurveyTools): Promise<WeightsReport> {
  const started = performance.now()
  const surveyed = await open(expression, tools)
  const { plan, root, members } = surveyed
  const at = layoutOf(members.models.length)
  const computed = [...root.tensors.keys()].filter((tensor) => root.tensors[tensor]?.copied !== true)
  const total = computed.reduce((sum, tensor) => sum + elementsOf((root.tensors[tensor] as PlanTensor).shape), 0)
  const pool = tools.pool(plan)
  let notices: readonly string[] = []
  const sums = new Float64Array(at.size)
  const tensors: TensorReport[] = new Array(computed.length)
  let done = 0
  try {
    notices = await noticesOf(plan, pool, tools.signal)
    const coordinator = new Coordinator(plan, pool, jobBlocks)
    await inLanes(pool.threads * 2, computed, tools.signal, async (tensor, place) => {
      const table = await sumsOf(coordinator, pool, surveyed, tensor, at.size, (range) => ({ type: 'survey', ...range }))
      for (let i = 0; i < at.size; i++) sums[i] = (sums[i] as number) + (table[i] as number)
      const coefficients = coefficientsOf(plan, tensor, coordinator)
      tensors[place] = { ...figuresOf(root.tensors[tensor] as PlanTensor, table, members.models.length), coefficients }
      done += table[at.elements] as number
      tools.onProgress?.(done, total)
    })
  } finally {
    await pool.close()
  }
  return {
    reference: members.base !== undefined ? 'base' : members.models.length > 0 && root.kind === 'model' ? 'mean' : 'none',
    isDelta: root.kind === 'delta',
    models: surveyed.names,
    tensors,
    cosines: cosinesOf(sums, members.models.length),
    elements: total,
    ms: performance.now() - started,
    readBytes: bytesRead(plan),
    sizes: root.kind === 'delta' ? [] : sizesOf(surveyed.compiled, tools.codec),
    warnings: [...surveyed.compiled.warnings, ...notices],
  }
}

/** How the changes of one tensor are spread, over four times the root mean square of the largest of them. Throws RangeError for a tensor that is not computed. */
export async function histogramOf(expression: WeightsExpression, name: string, tools: SurveyTools, bins = 61): Promise<WeightsHistogram> {
  const surveyed = await open(expression, tools)
  const { plan, root, members } = surveyed
  const tensor = root.tensors.findIndex((one) => one.name === name && one.copied !== true)
  if (tensor < 0) throw new RangeError(`there is no computed tensor ${name}`)
  const count = members.models.length
  const at = layoutOf(count)
  const pool = tools.pool(plan)
  try {
    const coordinator = new Coordinator(plan, pool, jobBlocks)
    const table = await sumsOf(coordinator, pool, surveyed, tensor, at.size, (range) => ({ type: 'survey', ...range }))
    const squares = [table[at.change] as number, ...table.subarray(at.changes, at.changes + count)]
    const limit = 4 * Math.sqrt(Math.max(...squares) / Math.max(1, table[at.elements] as number)) || 1
    const counts = await sumsOf(coordinator, pool, surveyed, tensor, bins * (count + 1), (range) => ({
      type: 'histogram',
      limit,
      bins,
      ...range,
    }))
    const row = (i: number): number[] => [...counts.subarray(i * bins, (i + 1) * bins)]
    return { tensor: name, limit, result: row(0), models: Array.from({ length: count }, (_, i) => row(i + 1)) }
  } finally {
    await pool.close()
  }
}

interface Surveyed {
  readonly compiled: Compiled
  readonly plan: Plan
  readonly root: PlanNode
  readonly members: SurveyPlan
  readonly names: readonly string[]
}

async function open(expression: WeightsExpression, { resolve, readBlob, derived }: SurveyTools): Promise<Surveyed> {
  const compiled = await compileAny(expression, resolve, readBlob, derived)
  const root = compiled.plan.nodes[compiled.plan.root] as PlanNode
  const members = membersOf(root)
  return { compiled, plan: { ...compiled.plan, survey: members }, root, members, names: namesOf(expression) }
}

/** Who meets in the outermost step. Stacks, permutations and files stand for themselves. */
function membersOf(root: PlanNode): SurveyPlan {
  if (root.op === 'delta') return { base: root.base, models: [root.tuned] }
  if (root.op !== 'combine') return { models: [] }
  return { ...(root.base ? { base: root.base } : {}), models: root.models.map(({ child }) => child) }
}

function namesOf(expression: WeightsExpression): string[] {
  if (expression.op === 'merge') return expression.models.map(({ weights }) => titleOf(weights))
  if (expression.op === 'delta') return [titleOf(expression.tuned)]
  return expression.op === 'prune' ? [titleOf(expression.of)] : []
}

type Range = { readonly node: number; readonly tensor: number; readonly fromBlock: number; readonly toBlock: number }

async function sumsOf(
  coordinator: Coordinator,
  pool: JobPool,
  { plan, root }: Surveyed,
  tensor: number,
  size: number,
  job: (range: Range) => Parameters<JobPool['run']>[0],
): Promise<Float64Array> {
  await coordinator.ensure(plan.root, tensor)
  const ranges = coordinator.rangesOf(root.tensors[tensor] as PlanTensor)
  const results = await Promise.all(ranges.map((range) => pool.run(job({ node: plan.root, tensor, ...range }))))
  return addBlocks(
    size,
    results.flatMap(({ table }) => (table ? [table] : [])),
  )
}

/** Runs `work` over all items, so many at a time; the first failure ends it. */
async function inLanes(
  lanes: number,
  items: readonly number[],
  signal: AbortSignal | undefined,
  work: (item: number, place: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      signal?.throwIfAborted()
      const place = next++
      await work(items[place] as number, place)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** Found by the passes of the method, which `ensure` has run. */
function coefficientsOf(plan: Plan, tensor: number, coordinator: Coordinator): readonly number[] {
  const root = plan.nodes[plan.root] as PlanNode
  if (root.op !== 'combine' || root.catalog !== 'methods') return []
  const { method, setting } = settingOf(plan, root, tensor)
  const settled = { ...setting, known: coordinator.knownOf(plan.root, tensor) }
  return method.coefficients?.(settled) ?? method.factors?.(settled) ?? []
}

function figuresOf({ name, shape }: PlanTensor, table: Float64Array, models: number): Omit<TensorReport, 'coefficients'> {
  const at = layoutOf(models)
  const elements = Math.max(1, table[at.elements] as number)
  const reference = table[at.reference] as number
  const relative = (squares: number): number => Math.sqrt(squares / (reference > 0 ? reference : elements))
  const each = (from: number): number[] => [...table.subarray(from, from + models)]
  const inLayer = /^blk\.(\d+)\.(.+?)(?:\.weight)?$/.exec(name)
  return {
    name,
    layer: inLayer ? Number(inLayer[1]) : null,
    part: inLayer?.[2] ?? name.replace(/\.weight$/, ''),
    shape,
    change: relative(table[at.change] as number),
    changes: each(at.changes).map(relative),
    unchanged: (table[at.unchanged] as number) / elements,
    unchangedOf: each(at.unchangedOf).map((count) => count / elements),
    conflicts: (table[at.conflicts] as number) / elements,
  }
}

function cosinesOf(sums: Float64Array, models: number): (number | null)[][] {
  const at = layoutOf(models)
  const cosines = Array.from({ length: models }, (_, i) => Array.from({ length: models }, (_, j) => (i === j ? 1 : null) as number | null))
  let pair = at.dots
  for (let i = 0; i < models; i++)
    for (let j = i + 1; j < models; j++) {
      const norm = Math.sqrt((sums[at.changes + i] as number) * (sums[at.changes + j] as number))
      const cosine = norm > 0 ? (sums[pair] as number) / norm : null
      pair++
      ;(cosines[i] as (number | null)[])[j] = cosine
      ;(cosines[j] as (number | null)[])[i] = cosine
    }
  return cosines
}

/** Of the tensors of every file that is read, each once. */
const bytesRead = ({ nodes }: Plan): number =>
  nodes.reduce((sum, node) => sum + (node.op === 'load' ? node.places.reduce((all, { byteLength }) => all + byteLength, 0) : 0), 0)

function sizesOf(compiled: Compiled, codec: SurveyTools['codec']): { dtype: string; bytes: number }[] {
  return dtypes.map((dtype) => ({
    dtype,
    bytes: outputTensors(compiled, dtype, codec).reduce((sum, { type, shape }) => sum + byteLengthOf(type, elementsOf(shape)), 0),
  }))
}
