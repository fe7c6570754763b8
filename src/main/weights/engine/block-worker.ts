import { closeSync, openSync } from 'node:fs'
import { basename } from 'node:path'
import type { Codec } from '../convert/codec'
import { decodeBF16 } from '../convert/half'
import { byteLengthOf } from '../gguf/types/ggml-type'
import { add, subtract } from '../kernels/linear'
import type { Ingredients, Pass } from '../method'
import { blockCountOf, blockRowsOf, elementsOf, type Place, placeOf } from '../place'
import { isMeasured } from '../run-passes'
import { countBlock, layoutOf, type SurveyBlock, surveyBlock } from '../survey/kernel'
import { addProducts, blocksToLookAt, pairsOf } from './agreement'
import { Buffers } from './buffers'
import { CountTables } from './count-tables'
import { encodeRows } from './encode-rows'
import { FileHashes } from './file-hashes'
import { GatheredRows, type RowReader } from './gathered-rows'
import { HalfBlocks } from './half-blocks'
import { HalfSums } from './half-sums'
import type { BlockRange, Job, JobResult, Known } from './job'
import { KeptTables } from './kept-tables'
import { KnownResults } from './known-results'
import { mixBlock } from './mix'
import { OpenFiles } from './open-files'
import { Outgoing } from './outgoing'
import { permuteBlock } from './permute'
import { type Child, type CombineNode, type LoadNode, type Plan, type PlanTensor, partAt, type StackNode, sameAs } from './plan'
import { notFinite, requireFinite, requireNumbers } from './require-finite'
import { asked, settingOf, sizeOf } from './setting-of'
import { UnfitTensors } from './unfit-tensors'
import { zipBlock } from './zip'

/** Evaluates a plan block by block with a few small buffers. One lives in every thread. */
export class BlockWorker implements RowReader {
  private readonly plan: Plan
  private readonly codec: Codec
  private readonly known: KnownResults
  private readonly counts = new CountTables()
  private readonly files = new OpenFiles()
  private readonly outputs = new Map<string, number>()
  private readonly statistics: KeptTables
  private readonly hashes = new FileHashes(this.files)
  private readonly buffers = new Buffers()
  private readonly halves: HalfBlocks
  private readonly halfSums: HalfSums
  /** results of this block, by node and tensor */
  private readonly ready = new Map<string, Float32Array>()

  private readonly unfit: UnfitTensors
  private readonly gathered = new GatheredRows(this, () => new BlockWorker(this.plan, this.codec))

  constructor(plan: Plan, codec: Codec) {
    this.plan = plan
    this.codec = codec
    this.known = new KnownResults(plan)
    this.statistics = new KeptTables(plan)
    this.unfit = new UnfitTensors(plan, () => new BlockWorker(plan, codec))
    this.halves = new HalfBlocks(plan, this.files, this.buffers)
    this.halfSums = new HalfSums(plan, this.halves)
  }

  tell(known: Known): void {
    this.known.tell(known)
  }

  run(job: Job): JobResult {
    switch (job.type) {
      case 'measure':
        return this.measure(job)
      case 'collect':
        return this.collect(job)
      case 'agreement':
        return this.agreement(job)
      case 'survey':
        return this.survey(job, layoutOf(this.plan.survey?.models.length ?? 0).size, surveyBlock)
      case 'histogram':
        return this.survey(job, job.bins * ((this.plan.survey?.models.length ?? 0) + 1), (block, into) =>
          countBlock(block, job.limit, job.bins, into),
        )
      case 'write':
        return this.write(job)
      case 'hash':
        return this.hash(job)
      default:
        return job satisfies never
    }
  }

  close(): void {
    this.files.close()
    for (const output of this.outputs.values()) closeSync(output)
    // a second call must not close what others have opened since
    this.outputs.clear()
    this.counts.close()
    this.buffers.close()
  }

  private measure({ node, tensor, pass, fromBlock, toBlock }: Extract<Job, { type: 'measure' }>): JobResult {
    const combine = this.plan.nodes[node] as CombineNode
    const { method, setting } = settingOf(this.plan, combine, tensor)
    const work = method.passes?.(setting)[pass] as Pass
    const { shape } = combine.tensors[tensor] as PlanTensor
    const size = sizeOf(work, combine.tensors[tensor] as PlanTensor)
    const table = work.counts
      ? this.counts.of(`${node}/${pass}/${work.scope === 'model' ? -1 : tensor}`, size)
      : new Float64Array(size * (toBlock - fromBlock))
    for (let block = fromBlock; block < toBlock; block++) {
      if (!isMeasured(work, tensor, block, blockCountOf(shape))) continue
      this.startBlock()
      const at = work.counts ? 0 : (block - fromBlock) * size
      asked(combine, () => work.measure(this.ingredients(node, tensor, block), table.subarray(at, at + size)))
    }
    return work.counts ? {} : { table }
  }

  private collect({ node, pass, tensor }: Extract<Job, { type: 'collect' }>): JobResult {
    const table = this.counts.collect(`${node}/${pass}/${tensor}`)
    return table ? { table } : {}
  }

  private write({ node, tensor, fromBlock, toBlock, output: to }: Extract<Job, { type: 'write' }>): JobResult {
    const { name, shape } = (this.plan.nodes[node] as { tensors: readonly PlanTensor[] }).tensors[tensor] as PlanTensor
    const file = this.outputs.get(to.path) ?? openSync(to.path, 'r+')
    this.outputs.set(to.path, file)
    const output = new Outgoing(file, basename(to.path), this.buffers)
    const sum = to.type === 'BF16' ? this.halfSums.sumOf(node, tensor) : undefined
    for (let block = fromBlock; block < toBlock; block++) {
      this.startBlock()
      const place = placeOf(name, shape, block)
      const bytes = output.room(byteLengthOf(to.type, place.length), to.offset + byteLengthOf(to.type, place.start))
      if (sum) {
        const words = new Uint16Array(bytes.buffer, bytes.byteOffset, place.length)
        const isNumber = this.halfSums.fill(sum, block, this.known.of(sum.node, sum.tensor, block), words)
        if (isNumber === false) throw notFinite(name)
        if (isNumber) continue
      }
      const values = this.get(node, tensor, block)
      requireFinite(values, name, to.type)
      const importance = this.statistics.of(this.plan.importance, name)?.get('energy')
      encodeRows(this.codec, to.type, { values, place, importance }, bytes)
    }
    output.flush()
    return {}
  }

  private hash({ path, from, to, isLast }: Extract<Job, { type: 'hash' }>): JobResult {
    this.hashes.add(path, from, to)
    return isLast ? { digest: this.hashes.digest(path) } : {}
  }

  private agreement({ node, tensor, fromBlock, toBlock, step }: Extract<Job, { type: 'agreement' }>): JobResult {
    const combine = this.plan.nodes[node] as CombineNode
    const models = combine.models.length
    const dropped = Array.from({ length: models }, (_, model) => (combine.dropsUnfit && this.unfit.has(node, model, tensor) ? 1 : 0))
    const table = new Float64Array(pairsOf(models))
    for (const block of blocksToLookAt(fromBlock, toBlock, step, () => table.some((sum) => sum !== 0))) {
      this.startBlock()
      addProducts(this.ingredients(node, tensor, block).values, table)
    }
    return { table: Float64Array.of(...table, ...dropped) }
  }

  /** All blocks of the range into one table of sums. */
  private survey(
    { node, tensor, fromBlock, toBlock }: BlockRange,
    size: number,
    add: (block: SurveyBlock, into: Float64Array) => void,
  ): JobResult {
    const table = new Float64Array(size)
    const { base, models = [] } = this.plan.survey ?? {}
    const isDelta = (at: number): boolean => this.plan.nodes[at]?.kind === 'delta'
    for (let block = fromBlock; block < toBlock; block++) {
      this.startBlock()
      const result = { values: this.get(node, tensor, block), isDelta: isDelta(node) }
      const members = models.map((child) => ({ values: this.child(child, tensor, block), isDelta: isDelta(child.node) }))
      add({ ...(base ? { base: this.child(base, tensor, block) } : {}), models: members, result }, table)
    }
    return { table }
  }

  startBlock(): void {
    this.ready.clear()
    this.halves.startBlock()
    this.buffers.reset()
  }

  /** The block of this tensor of this node: computed once a block, never to be written to. */
  private get(node: number, tensor: number, block: number): Float32Array {
    const key = `${node}/${tensor}/${block}`
    const standing = this.ready.get(key)
    if (standing !== undefined) return standing
    const at = this.plan.nodes[node] as Plan['nodes'][number]
    const same = sameAs(at, tensor)
    if (same) return this.get(same.node, same.tensor, block)
    const { name, shape } = at.tensors[tensor] as PlanTensor
    const place = placeOf(name, shape, block)
    const out = this.buffers.take(place.length)
    if (at.op === 'load') this.load(at, tensor, place, out, this.halves.held(node, tensor, block))
    else if (at.op === 'delta') subtract(this.child(at.tuned, tensor, block), this.child(at.base, tensor, block), out)
    else if (at.op === 'stack') this.scaled(at, tensor, block, out)
    else if (at.op === 'permute') permuteBlock(at, tensor, { place, block, out, get: (child, which) => this.child(child, tensor, which) })
    else if (at.op === 'mix') mixBlock(at, tensor, place, out, (row) => this.rowOf(at.of.node, at.of.tensors[tensor] as number, row))
    else if (at.op === 'rows') this.gathered.fill(at, node, tensor, place, out)
    else if (at.op === 'zip') zipBlock(at, tensor, { place, block, out, get: (child, which) => this.child(child, tensor, which) })
    else this.combine(node, at, tensor, block, out)
    this.ready.set(key, out)
    return out
  }

  child(child: Child, tensor: number, block: number): Float32Array {
    return this.get(child.node, child.tensors[tensor] as number, block)
  }

  /** `words`: those of the block, where they were read already */
  private load(node: LoadNode, tensor: number, place: Place, out: Float32Array, words: Uint16Array | undefined): void {
    const { path, offset, type, plus = 0 } = node.places[tensor] as LoadNode['places'][number]
    if (words) {
      decodeBF16(words, out)
      return
    }
    const bytes = this.buffers.bytes(byteLengthOf(type, place.length))
    this.files.readInto(path, offset + byteLengthOf(type, place.start), bytes)
    this.codec.decode(type, bytes, out)
    if (plus !== 0) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + plus
  }

  private scaled(node: StackNode, tensor: number, block: number, out: Float32Array): void {
    const { node: source, tensor: index, factor, plus = 0 } = node.from[tensor] as StackNode['from'][number]
    const values = this.get(source, index, block)
    for (let i = 0; i < out.length; i++) out[i] = factor * (values[i] as number) + plus
  }

  /** All of one tensor, for those few steps that need it whole. Throws `weights-not-finite` for values that are no numbers. */
  whole(node: number, tensor: number): Float32Array {
    const { name, shape } = (this.plan.nodes[node] as Plan['nodes'][number]).tensors[tensor] as PlanTensor
    const all = new Float32Array(elementsOf(shape))
    for (let block = 0; block < blockCountOf(shape); block++) {
      this.startBlock()
      all.set(this.get(node, tensor, block), placeOf(name, shape, block).start)
    }
    requireNumbers(all, name)
    return all
  }

  rowOf(node: number, tensor: number, row: number): Float32Array {
    const { shape } = (this.plan.nodes[node] as Plan['nodes'][number]).tensors[tensor] as PlanTensor
    const blockRows = blockRowsOf(shape)
    const length = shape[0] ?? 1
    const at = (row % blockRows) * length
    return this.get(node, tensor, Math.floor(row / blockRows)).subarray(at, at + length)
  }

  private combine(index: number, node: CombineNode, tensor: number, block: number, out: Float32Array): void {
    const { method } = settingOf(this.plan, node, tensor)
    asked(node, () => method.combine(this.ingredients(index, tensor, block), out))
    if (method.of === 'deltas' && node.base) add(out, this.child(node.base, tensor, block), out)
  }

  private ingredients(index: number, tensor: number, block: number): Ingredients {
    const node = this.plan.nodes[index] as CombineNode
    const { method, setting } = settingOf(this.plan, node, tensor)
    const { name, shape } = node.tensors[tensor] as PlanTensor
    const place = placeOf(name, shape, block)
    const baseOf = (): Float32Array | undefined => node.base && this.child(node.base, tensor, block)
    const values = node.models.map(({ child }, model) => {
      if (node.dropsUnfit && this.unfit.has(index, model, tensor))
        return this.unchanged(method.of === 'deltas' ? undefined : baseOf(), place.length)
      const isDelta = this.plan.nodes[child.node]?.kind === 'delta'
      if (node.base === undefined || (method.of === 'deltas') === isDelta) return this.child(child, tensor, block)
      const changed = this.buffers.take(place.length)
      if (isDelta) add(this.child(node.base, tensor, block), this.child(child, tensor, block), changed)
      else if (!this.halves.fillChange(partAt(child, tensor), partAt(node.base, tensor), block, changed))
        subtract(this.child(child, tensor, block), this.child(node.base, tensor, block), changed)
      return changed
    })
    const known = this.known.of(index, tensor, block)
    const statistics = node.models.map((model) => this.statistics.of(model.statistics, name))
    return {
      ...setting,
      place,
      // widened only for methods that look at it
      get base() {
        return baseOf()
      },
      values,
      known,
      statistics,
      baseStatistics: this.statistics.of(node.baseStatistics, name),
    }
  }

  /** What a model that changed nothing has here: the base, or a difference of zeros. */
  private unchanged(base: Float32Array | undefined, length: number): Float32Array {
    return base ?? this.buffers.take(length).fill(0)
  }
}
