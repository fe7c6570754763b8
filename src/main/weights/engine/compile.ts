import { TributaryError } from '../../../shared/errors'
import type { TokenizerPolicy, WeightsExpression } from '../../../shared/expression'
import { canonicalJson } from '../../../shared/json'
import type { ModelRef } from '../../../shared/value'
import { weightsCatalog } from '../catalog'
import { isCheckpoint } from '../checkpoint/open'
import { bitsPerWeight, isInteger } from '../gguf/types/ggml-type'
import { type GgufMetadata, numberOf, textOf } from '../gguf/types/header'
import type { AnyMethod } from '../method'
import { refuse, resolveParams } from '../settings'
import { decodeTable, missingStatistics, type StatisticsTable } from '../statistics/table'
import { ordersOf } from './align'
import { alignTensors, checkCompatible, type Family, isConstant } from './compatible'
import { numbered, upcycle } from './experts'
import type { Child, CombineNode, LoadNode, Plan, PlanNode, PlanTensor, RowPart } from './plan'
import { openSource, type Source } from './source'
import { stackLayers } from './stack'
import { type RowSource, type SharedVocabulary, shareVocabulary } from './vocabulary'
import { groupsByTensor } from './zip'

export interface Compiled {
  readonly plan: Plan
  /** of the model that leads: the base where there is one, else the first */
  readonly metadata: GgufMetadata
  /** for each tensor of the root, the file place that leads: its type is kept, and integers and constants are copied from it */
  readonly leading: readonly LoadNode['places'][number][]
  readonly models: readonly ModelRef[]
  readonly warnings: readonly string[]
  /** the weights of the checkpoint that leads, where it is one */
  readonly checkpoint?: string
}

/** Gives the bytes of a blob. */
export type ReadBlob = (key: string) => Promise<Uint8Array>

/** As `compileAny`, for what is to be written: a task vector is no model. */
export async function compile(...given: Parameters<typeof compileAny>): Promise<Compiled> {
  const compiled = await compileAny(...given)
  if (compiled.plan.nodes[compiled.plan.root]?.kind === 'delta')
    throw new TributaryError('weights-mismatch', 'What would be written is a task vector, the difference of two models, not a model.', {
      hint: 'Add it to a base with the Merger node (task arithmetic).',
    })
  return compiled
}

/** Opens every model of the expression, checks that they fit together, and orders the work. Throws before anything is computed. */
export async function compileAny(
  expression: WeightsExpression,
  resolve: (ref: ModelRef) => Promise<{ readonly path: string }>,
  readBlob: ReadBlob = noBlobs,
): Promise<Compiled> {
  const compiler = new Compiler(resolve, readBlob)
  const root = await compiler.add(expression)
  const node = compiler.nodes[root] as PlanNode
  const family = compiler.families[root] as Family
  return {
    plan: {
      nodes: compiler.nodes,
      root,
      blocks: numberOf(family.metadata, `${textOf(family.metadata, 'general.architecture')}.block_count`) ?? 0,
      ...(compiler.statistics.size === 0 ? {} : { statistics: Object.fromEntries(compiler.statistics) }),
    },
    metadata: family.metadata,
    leading: node.tensors.map((_, tensor) => compiler.leading(root, tensor)),
    models: [...compiler.models.values()],
    warnings: [...compiler.warnings],
    ...(family.checkpoint === undefined ? {} : { checkpoint: family.checkpoint }),
  }
}

const noBlobs: ReadBlob = async (key) => {
  throw new Error(`nobody can read the blob ${key} here`)
}

class Compiler {
  readonly nodes: PlanNode[] = []
  readonly families: Family[] = []
  readonly models = new Map<string, ModelRef>()
  readonly warnings = new Set<string>()
  readonly statistics = new Map<string, SharedArrayBuffer>()
  private readonly known = new Map<string, Promise<number>>()
  private readonly sources = new Map<string, Source>()
  private readonly resolve: (ref: ModelRef) => Promise<{ readonly path: string }>
  private readonly readBlob: ReadBlob

  constructor(resolve: (ref: ModelRef) => Promise<{ readonly path: string }>, readBlob: ReadBlob) {
    this.resolve = resolve
    this.readBlob = readBlob
  }

  /** The node of this expression; an equal one that stands already is used again. */
  add(expression: WeightsExpression): Promise<number> {
    const key = keyOf(expression)
    const standing = this.known.get(key)
    if (standing !== undefined) return standing
    const adding = this.addNew(expression)
    this.known.set(key, adding)
    return adding
  }

  /** The file place that leads for this tensor: through bases and first models down to a leaf. */
  leading(node: number, tensor: number): LoadNode['places'][number] {
    const at = this.nodes[node] as PlanNode
    switch (at.op) {
      case 'load':
        return at.places[tensor] as LoadNode['places'][number]
      case 'delta':
        return this.leading(at.tuned.node, at.tuned.tensors[tensor] as number)
      case 'combine': {
        const child = at.base ?? (at.models[0] as CombineNode['models'][number]).child
        return this.leading(child.node, child.tensors[tensor] as number)
      }
      case 'zip':
        return this.leading(at.models[0].node, at.models[0].tensors[tensor] as number)
      case 'permute':
      case 'rows':
        return this.leading(at.of.node, at.of.tensors[tensor] as number)
      case 'stack': {
        const from = at.from[tensor] as { node: number; tensor: number }
        return this.leading(from.node, from.tensor)
      }
      default:
        return at satisfies never
    }
  }

  private push(node: PlanNode, family: Family): number {
    this.nodes.push(node)
    this.families.push(family)
    return this.nodes.length - 1
  }

  private async addNew(expression: WeightsExpression): Promise<number> {
    switch (expression.op) {
      case 'load':
        return this.addLoad(expression.model)
      case 'delta':
        return this.addDelta(expression)
      case 'prune':
        return this.addPrune(expression)
      case 'merge':
        return this.addMerge(expression)
      case 'stack':
        return this.addStack(expression)
      case 'permute':
        return this.addPermute(expression)
      case 'experts':
        return this.addExperts(expression)
      case 'zip':
        return this.addZip(expression)
      default:
        return expression satisfies never
    }
  }

  private async addLoad(model: ModelRef): Promise<number> {
    const { path } = await this.resolve(model)
    const source = this.sources.get(path) ?? (await openSource(path))
    this.sources.set(path, source)
    this.models.set(model.id, model)
    const tensors = source.tensors.map(({ name, shape, type }) => ({
      name,
      shape,
      ...(isInteger(type) || isConstant(name) ? { copied: true as const } : {}),
    }))
    const places = source.tensors.map(({ path: file, offset, type, byteLength, numbers, plus }) => ({
      path: file,
      offset,
      type,
      byteLength,
      ...(numbers ? { numbers } : {}),
      ...(plus ? { plus } : {}),
    }))
    const bits = Math.min(
      ...source.tensors.filter(({ type, shape }) => !isInteger(type) && shape.length > 1).map(({ type }) => bitsPerWeight(type)),
    )
    const family = { name: model.name, metadata: source.metadata, leastBits: bits, ...(isCheckpoint(path) ? { checkpoint: path } : {}) }
    const loaded = this.push({ op: 'load', kind: 'model', tensors, places }, family)
    if (!source.tensors.some(({ rows }) => rows)) return loaded
    // a checkpoint keeps the rows of some matrices in another order
    const orders = source.tensors.map(({ rows, shape }) =>
      rows ? ({ axis: shape.length > 1 ? 'rows' : 'columns', order: rows } as const) : null,
    )
    return this.push(
      { op: 'permute', kind: 'model', tensors, of: { node: loaded, tensors: tensors.map((_, index) => index) }, orders },
      family,
    )
  }

  private async addDelta({ tuned, base, allowQuantized = false }: Extract<WeightsExpression, { op: 'delta' }>): Promise<number> {
    const [baseNode, tunedNode] = [await this.add(base), await this.add(tuned)]
    this.requireModels([baseNode, tunedNode], 'A task vector')
    this.checkDeltaSources([baseNode, tunedNode], allowQuantized)
    const children = this.align(tunedNode, [baseNode])
    return this.push(
      { op: 'delta', kind: 'delta', tensors: children.tensors, tuned: children.lead, base: children.others[0] as Child },
      this.families[tunedNode] as Family,
    )
  }

  private async addPrune({ pruner, of, params, seed = 0 }: Extract<WeightsExpression, { op: 'prune' }>): Promise<number> {
    const found = weightsCatalog().pruner(pruner) ?? refuse(`"${pruner}"`, 'is no known pruner')
    const node = await this.add(of)
    if (this.nodes[node]?.kind !== 'delta')
      throw new TributaryError(
        'weights-mismatch',
        'Pruning takes a task vector, the difference of two models; it was given a whole model.',
        {
          hint: 'Put a Task vector node between the model and the pruner.',
        },
      )
    resolveParams(found.params, params, { tensor: 'blk.0.x', blocks: 1 }, found.name)
    const { tensors, lead } = this.align(node, [])
    return this.push(
      {
        op: 'combine',
        catalog: 'pruners',
        kind: 'delta',
        method: pruner,
        tensors,
        models: [{ child: lead, label: keyOf(of), params: {} }],
        params,
        seed,
      },
      this.families[node] as Family,
    )
  }

  private async addMerge(expression: Extract<WeightsExpression, { op: 'merge' }>): Promise<number> {
    const { method: name, params, seed, allowQuantized = false, tokenizer } = expression
    const method = weightsCatalog().method(name) ?? refuse(`"${name}"`, 'is no known merge method')
    let base = expression.base === undefined ? undefined : await this.add(expression.base)
    let models: number[] = []
    for (const model of expression.models) models.push(await this.add(model.weights))
    this.checkMerge(method, base, models)
    if (tokenizer) {
      const shared = this.shareVocabulary([...(base === undefined ? [] : [base]), ...models], tokenizer, base !== undefined)
      models = base === undefined ? shared : shared.slice(1)
      base = base === undefined ? undefined : shared[0]
    }
    for (const model of expression.models) resolveParams(method.perModel, model.params, { tensor: 'blk.0.x', blocks: 1 }, name)
    resolveParams(method.params, params, { tensor: 'blk.0.x', blocks: 1 }, name)
    if (method.of === 'deltas' && base !== undefined) this.checkDeltaSources([base, ...models], allowQuantized)
    await this.addStatistics(method, expression)
    const lead = base ?? (models[0] as number)
    const { tensors, lead: leadChild, others } = this.align(lead, base === undefined ? models.slice(1) : models)
    const children = base === undefined ? [leadChild, ...others] : others
    return this.push(
      {
        op: 'combine',
        catalog: 'methods',
        kind: base === undefined ? (this.nodes[lead] as PlanNode).kind : 'model',
        method: name,
        tensors,
        ...(base === undefined ? {} : { base: leadChild }),
        models: expression.models.map((model, index) => ({
          child: children[index] as Child,
          label: keyOf(model.weights),
          params: model.params,
          ...(model.statistics === undefined ? {} : { statistics: model.statistics }),
        })),
        ...(expression.baseStatistics === undefined ? {} : { baseStatistics: expression.baseStatistics }),
        params,
        seed,
      },
      this.families[lead] as Family,
    )
  }

  /** Reads the statistics that a method takes. Throws `statistics-missing` for a model without any of the quantities needed. */
  private async addStatistics(method: AnyMethod, { models, baseStatistics }: Extract<WeightsExpression, { op: 'merge' }>): Promise<void> {
    if (method.statistics === undefined) return
    const { needs, from } = method.statistics
    for (const [index, { statistics }] of models.entries()) {
      const table = statistics === undefined ? undefined : await this.readStatistics(statistics)
      if (!table?.matrices.some((matrix) => needs.some((quantity) => table.get(matrix, quantity) !== undefined)))
        throw missingStatistics(method.title, `${needs.join(' or ')} of every model, and has none of model ${index + 1}`, from)
    }
    if (baseStatistics !== undefined) await this.readStatistics(baseStatistics)
  }

  private async readStatistics(blob: string): Promise<StatisticsTable> {
    const standing = this.statistics.get(blob)
    if (standing) return decodeTable(new Uint8Array(standing))
    const bytes = await this.readBlob(blob)
    const shared = new SharedArrayBuffer(bytes.length)
    new Uint8Array(shared).set(bytes)
    this.statistics.set(blob, shared)
    return decodeTable(new Uint8Array(shared))
  }

  private async addStack({ sources, layers }: Extract<WeightsExpression, { op: 'stack' }>): Promise<number> {
    const nodes: number[] = []
    for (const source of sources) nodes.push(await this.add(source))
    this.requireModels(nodes, 'A stack of layers')
    const stacked = stackLayers(
      nodes.map((node) => ({ node, tensors: (this.nodes[node] as PlanNode).tensors, family: this.families[node] as Family })),
      layers,
    )
    return this.push({ op: 'stack', kind: 'model', tensors: stacked.tensors, from: stacked.from }, stacked.family)
  }

  private async addExperts({ shared, experts, router, used }: Extract<WeightsExpression, { op: 'experts' }>): Promise<number> {
    const lead = await this.add(shared)
    const nodes: number[] = []
    for (const expert of experts) nodes.push(await this.add(expert))
    this.requireModels([lead, ...nodes], 'A mixture of experts')
    const sourceOf = (node: number) => ({ node, tensors: (this.nodes[node] as PlanNode).tensors, family: this.families[node] as Family })
    for (const node of nodes) checkCompatible(this.families[lead] as Family, this.families[node] as Family)
    const made = upcycle(sourceOf(lead), nodes.map(sourceOf), router, used)
    const numbers = {
      experts: this.push({ op: 'rows', kind: 'model', ...made.experts }, made.family),
      router: this.push({ op: 'load', kind: 'model', ...made.router }, made.family),
    }
    return this.push({ op: 'stack', kind: 'model', tensors: made.tensors, from: numbered(made.from, numbers) }, made.family)
  }

  private async addPermute({ of, to, solver, seed = 0 }: Extract<WeightsExpression, { op: 'permute' }>): Promise<number> {
    const own = await this.add(of)
    const other = to === undefined ? undefined : await this.add(to)
    this.requireModels(other === undefined ? [own] : [own, other], 'Aligning')
    const { tensors, lead, others } = this.align(own, other === undefined ? [] : [other])
    if (others[0]?.tensors.some((tensor, index) => tensor !== index)) refuse('Align units', 'needs both models to list the same tensors')
    const orders = ordersOf(this.nodes, own, other, solver, seed)
    return this.push(
      { op: 'permute', kind: 'model', tensors, of: lead, orders: tensors.map((_, index) => orders[index] ?? null) },
      this.families[own] as Family,
    )
  }

  /** These models with one vocabulary: those that have it already as they are. */
  private shareVocabulary(members: readonly number[], policy: TokenizerPolicy, hasBase: boolean): number[] {
    this.requireModels(members, 'A merge that changes vocabularies')
    const shared = shareVocabulary(
      members.map((member) => this.families[member] as Family),
      policy,
      { base: hasBase ? 0 : undefined, models: hasBase ? 1 : 0 },
    )
    for (const warning of shared.warnings) this.warnings.add(warning)
    return members.map((member, index) => {
      const { tensors } = this.nodes[member] as PlanNode
      const family = this.families[member] as Family
      const rows = tensors.map((tensor) => (hasTokenRows(tensor) ? this.rowParts(tensor, members, shared.sources[index] ?? []) : null))
      const sized = tensors.map((tensor) => (hasTokenRows(tensor) ? { ...tensor, shape: [tensor.shape[0] ?? 1, shared.rows] } : tensor))
      const metadata = withVocabulary(family.metadata, shared)
      return this.push(
        { op: 'rows', kind: 'model', tensors: sized, of: { node: member, tensors: tensors.map((_, tensor) => tensor) }, rows },
        { ...family, metadata },
      )
    })
  }

  /** A row of another member is that of its tensor of the same name; a head that is tied there is its embedding. */
  private rowParts({ name }: PlanTensor, members: readonly number[], sources: readonly RowSource[]): RowPart[] {
    const tensorOf = members.map((member) => {
      const { tensors } = this.nodes[member] as PlanNode
      const own = tensors.findIndex((tensor) => tensor.name === name)
      return own < 0 ? tensors.findIndex((tensor) => tensor.name === 'token_embd.weight') : own
    })
    return sources.map((source) =>
      typeof source === 'object'
        ? source.map(({ member, row }) => ({ node: members[member] as number, tensor: tensorOf[member] as number, row }))
        : source,
    )
  }

  private async addZip({ models, groups }: Extract<WeightsExpression, { op: 'zip' }>): Promise<number> {
    const [a, b] = [await this.add(models[0]), await this.add(models[1])]
    this.requireModels([a, b], 'Zipping')
    const { tensors, lead, others } = this.align(a, [b])
    return this.push(
      { op: 'zip', kind: 'model', tensors, models: [lead, others[0] as Child], groups: groupsByTensor(tensors, groups) },
      this.families[a] as Family,
    )
  }

  private checkMerge(method: AnyMethod, base: number | undefined, models: readonly number[]): void {
    const { min, max = Infinity } = method.models
    if (models.length < min || models.length > max)
      refuse(
        method.title,
        `takes ${min === max ? `exactly ${min}` : max === Infinity ? `at least ${min}` : `${min} to ${max}`} ${max === 1 ? 'model' : 'models'}, and was given ${models.length}`,
      )
    if (method.base === 'required' && base === undefined && models.some((model) => this.nodes[model]?.kind === 'model'))
      refuse(method.title, 'needs the base that the models were tuned from', 'Wire the common ancestor to the base port.')
    if (method.base === 'none' && base !== undefined)
      refuse(method.title, 'takes no base', 'Take the base away, or choose task arithmetic.')
    if (base !== undefined) this.requireModels([base], 'The base')
    const kinds = new Set(models.map((model) => this.nodes[model]?.kind))
    if (base === undefined && kinds.size > 1)
      refuse(method.title, 'was given models and task vectors together', 'With a base both may meet.')
  }

  private requireModels(nodes: readonly number[], what: string): void {
    if (nodes.some((node) => this.nodes[node]?.kind !== 'model'))
      throw new TributaryError('weights-mismatch', `${what} takes whole models; it was given a task vector.`)
  }

  private checkDeltaSources(nodes: readonly number[], allowQuantized: boolean): void {
    for (const node of nodes) {
      const at = this.nodes[node]
      const family = this.families[node] as Family
      if (at?.kind !== 'model' || family.leastBits === undefined) continue
      if (family.leastBits < 8 && !allowQuantized)
        throw new TributaryError(
          'weights-quantized',
          `${family.name} is quantized below 8 bits: its difference from another model would be mostly rounding noise.`,
          {
            hint: 'Use F16 or BF16 originals, or allow quantized sources in the node.',
            details: { card: 'E_PARAM' },
          },
        )
      if (family.leastBits < 16)
        this.warnings.add(`${family.name} is quantized: small differences from its base are partly rounding noise.`)
    }
  }

  private align(
    lead: number,
    others: readonly number[],
  ): { readonly tensors: readonly PlanTensor[]; readonly lead: Child; readonly others: readonly Child[] } {
    const family = this.families[lead] as Family
    for (const other of others) checkCompatible(family, this.families[other] as Family)
    return alignTensors(
      [lead, ...others].map((node) => ({ node, tensors: (this.nodes[node] as PlanNode).tensors, family: this.families[node] as Family })),
    )
  }
}

/** One row a token. */
const hasTokenRows = ({ name }: PlanTensor): boolean => /^(token_embd|output)\.weight$/.test(name)

function withVocabulary(metadata: GgufMetadata, { metadata: vocabulary, rows }: SharedVocabulary): GgufMetadata {
  const changed = new Map([...metadata].filter(([key]) => !key.startsWith('tokenizer.') || key === 'tokenizer.chat_template'))
  for (const [key, value] of vocabulary) if (key !== 'tokenizer.chat_template') changed.set(key, value)
  const size = `${textOf(metadata, 'general.architecture')}.vocab_size`
  if (changed.has(size)) changed.set(size, { type: 'uint32', value: rows })
  return changed
}

/** What an expression is, apart from the names that people gave its models. */
const keyOf = (expression: WeightsExpression): string =>
  expression.op === 'load'
    ? expression.model.id
    : canonicalJson(JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'name' ? undefined : value))))
