import type { Pass } from '../method'
import { blockCountOf, elementsOf } from '../place'
import { addBlocks, nothing, sumsBefore } from '../run-passes'
import type { JobPool } from './job'
import { type CombineNode, type Plan, type PlanTensor, partsOf } from './plan'
import { asked, settingOf, sizeOf } from './setting-of'

/**
 * Finds out what methods must know before a tensor can be written: runs their passes, children first, adds the tables in block order
 * (so that neither threads nor job size can change a bit), and tells every thread.
 */
export class Coordinator {
  private readonly plan: Plan
  private readonly pool: JobPool
  /** blocks a job */
  private readonly jobBlocks: number
  private readonly settled = new Map<string, Float64Array>()
  private readonly ensured = new Map<string, Promise<void>>()

  constructor(plan: Plan, pool: JobPool, jobBlocks: number) {
    this.plan = plan
    this.pool = pool
    this.jobBlocks = jobBlocks
  }

  /** Everything that this tensor of this node needs is known to all threads when this resolves. */
  ensure(node: number, tensor: number): Promise<void> {
    return this.once(`ready/${node}/${tensor}`, async () => {
      await this.ensureParts(node, tensor)
      for (let pass = 0; pass < this.passesOf(node, tensor).length; pass++) await this.settle(node, pass, tensor)
    })
  }

  /** What the passes of this tensor found, once it is ensured. */
  knownOf(node: number, tensor: number): Float64Array[] {
    return this.passesOf(node, tensor).map((_, pass) => this.lookUp(node, pass, tensor))
  }

  private once(key: string, work: () => Promise<void>): Promise<void> {
    const standing = this.ensured.get(key) ?? work()
    this.ensured.set(key, standing)
    return standing
  }

  private async ensureParts(node: number, tensor: number): Promise<void> {
    const at = this.plan.nodes[node]
    if (at) for (const part of partsOf(at, tensor)) await this.ensure(part.node, part.tensor)
  }

  private passesOf(node: number, tensor: number): readonly Pass[] {
    const at = this.plan.nodes[node]
    if (at?.op !== 'combine') return []
    const { method, setting } = settingOf(this.plan, at, tensor)
    return method.passes?.(setting) ?? []
  }

  private settle(node: number, pass: number, tensor: number): Promise<void> {
    const work = this.passesOf(node, tensor)[pass]
    if (work?.scope === 'model') return this.once(`model/${node}/${pass}`, () => this.settleGroup(node, pass, this.computed(node)))
    const groupOf = (index: number): string | undefined => work?.group?.(this.nameOf(node, index))
    if (work?.scope === 'group')
      return this.once(`group/${node}/${pass}/${groupOf(tensor)}`, () =>
        this.settleGroup(
          node,
          pass,
          this.computed(node).filter((index) => groupOf(index) === groupOf(tensor)),
        ),
      )
    return this.once(`tensor/${node}/${pass}/${tensor}`, () => this.settleGroup(node, pass, [tensor]))
  }

  /** By name: what belongs together must not depend on the order in which a file happens to list its tensors. */
  private computed(node: number): number[] {
    const { tensors } = this.plan.nodes[node] as CombineNode
    return tensors
      .flatMap(({ copied }, index) => (copied ? [] : [index]))
      .sort((a, b) => (this.nameOf(node, a) < this.nameOf(node, b) ? -1 : 1))
  }

  private nameOf(node: number, tensor: number): string {
    return ((this.plan.nodes[node] as CombineNode).tensors[tensor] as PlanTensor).name
  }

  /** Measures a pass over these tensors together; earlier passes come first. */
  private async settleGroup(node: number, pass: number, tensors: readonly number[]): Promise<void> {
    const at = this.plan.nodes[node] as CombineNode
    const [first = 0] = tensors
    await Promise.all(
      tensors.map(async (tensor) => {
        await this.ensureParts(node, tensor)
        for (let earlier = 0; earlier < pass; earlier++) await this.settle(node, earlier, tensor)
      }),
    )
    const work = this.passesOf(node, first)[pass] as Pass
    const isModel = work.scope === 'model'
    const told = isModel ? [-1] : tensors
    const tellAll = (settled: Float64Array): void => {
      for (const tensor of told) this.tell(node, pass, tensor, settled)
    }
    const known = this.passesOf(node, first)
      .slice(0, pass)
      .map((_, earlier) => this.lookUp(node, earlier, first))
    if (work.needed?.(known) === false) return tellAll(nothing)
    const size = sizeOf(work, at.tensors[first] as PlanTensor)
    // of one tensor the tables are added as they come: a pass may keep numbers for each of its columns
    const asTheyCome = work.scope === 'tensor' && work.gives !== 'before' && !work.counts
    const tables = asTheyCome
      ? [[await this.measureSum(node, pass, first, size)]]
      : await Promise.all(tensors.map((tensor) => this.measure(node, pass, tensor, size)))
    if (work.counts) tables.splice(0, tables.length, await this.pool.collect({ type: 'collect', node, pass, tensor: isModel ? -1 : first }))
    if (work.gives === 'before') return this.tellBefore(node, pass, tensors, size, tables)
    const elements = tensors.reduce((sum, tensor) => sum + elementsOf((at.tensors[tensor] as PlanTensor).shape), 0)
    const sums = addBlocks(size, tables.flat())
    const { setting } = settingOf(this.plan, at, first)
    tellAll(asked(at, () => work.settle?.(sums, { ...setting, known, elements }) ?? sums))
  }

  /** Tables of this tensor, one a block, in order; none where the pass counts. */
  private async measure(node: number, pass: number, tensor: number, size: number): Promise<Float64Array[]> {
    const ranges = this.rangesOf((this.plan.nodes[node] as CombineNode).tensors[tensor] as PlanTensor)
    const results = await Promise.all(ranges.map((range) => this.pool.run({ type: 'measure', node, pass, tensor, ...range })))
    return results.flatMap(({ table = nothing }) =>
      Array.from({ length: table.length / size }, (_, block) => table.subarray(block * size, (block + 1) * size)),
    )
  }

  /** The tables of this tensor added in block order, each let go of when its turn was. */
  private async measureSum(node: number, pass: number, tensor: number, size: number): Promise<Float64Array> {
    const sums = new Float64Array(size)
    let added = Promise.resolve()
    for (const range of this.rangesOf((this.plan.nodes[node] as CombineNode).tensors[tensor] as PlanTensor)) {
      const running = this.pool.run({ type: 'measure', node, pass, tensor, ...range })
      added = Promise.all([running, added]).then(([{ table = nothing }]) => {
        for (let at = 0; at < table.length; at++) sums[at % size] = (sums[at % size] as number) + (table[at] as number)
      })
    }
    await added
    return sums
  }

  rangesOf({ shape }: PlanTensor): { readonly fromBlock: number; readonly toBlock: number }[] {
    const blocks = blockCountOf(shape)
    return Array.from({ length: Math.ceil(blocks / this.jobBlocks) }, (_, index) => ({
      fromBlock: index * this.jobBlocks,
      toBlock: Math.min(blocks, (index + 1) * this.jobBlocks),
    }))
  }

  private tellBefore(node: number, pass: number, tensors: readonly number[], size: number, tables: readonly Float64Array[][]): void {
    const before = sumsBefore(size, tables.flat())
    let at = 0
    for (const [index, tensor] of tensors.entries()) {
      const length = 2 * (tables[index]?.length ?? 0) * size
      this.tell(node, pass, tensor, before.slice(at, at + length))
      at += length
    }
  }

  private tell(node: number, pass: number, tensor: number, settled: Float64Array): void {
    this.settled.set(`${node}/${pass}/${tensor}`, settled)
    this.pool.tell({ node, pass, tensor, settled })
  }

  private lookUp(node: number, pass: number, tensor: number): Float64Array {
    return this.settled.get(`${node}/${pass}/${tensor}`) ?? this.settled.get(`${node}/${pass}/-1`) ?? nothing
  }
}
