import type { DerivedStore } from '../../../shared/derived-store'
import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import type { JsonObject } from '../../../shared/json'
import type { ModelRef } from '../../../shared/value'
import { type GgufMetadata, numberOf, textOf } from '../gguf/types/header'
import type { ReadBlob, StatisticsPlace } from '../statistics/stored-table'
import { alignTensors, checkCompatible, type Family } from './compatible'
import { addExperts, addPermute, addStack, addZip } from './compile-arrangement'
import { addLoad } from './compile-load'
import { addDelta, addMerge, addPrune } from './compile-merge'
import { Derived } from './derived'
import { keyOf, wireHash } from './expression-key'
import type { Child, CombineNode, LoadNode, Plan, PlanNode, PlanTensor } from './plan'
import type { Source } from './source'

export interface Compiled {
  readonly plan: Plan
  /** of the model that leads: the base where there is one, else the first */
  readonly metadata: GgufMetadata
  /** for each tensor of the root, the file place that leads: its type is kept, and integers and constants are copied from it */
  readonly leading: readonly LoadNode['places'][number][]
  readonly models: readonly ModelRef[]
  /** what the file of each of them says of itself */
  readonly origins: readonly GgufMetadata[]
  /** what was searched for a merge in it, where its numbers were found by a search */
  readonly searches: readonly JsonObject[]
  readonly warnings: readonly string[]
  /** the weights of the checkpoint that leads, where it is one */
  readonly checkpoint?: string
}

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
  /** where what takes long to find is kept; neutral: nowhere */
  derived?: DerivedStore,
): Promise<Compiled> {
  const compiler = new Compiler(resolve, readBlob, derived)
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
    origins: [...compiler.origins.values()],
    searches: compiler.searches,
    warnings: [...compiler.warnings],
    ...(family.checkpoint === undefined ? {} : { checkpoint: family.checkpoint }),
  }
}

const noBlobs: ReadBlob = async (key) => {
  throw new Error(`nobody can read the blob ${key} here`)
}

/** A plan in the making: what the parts that add to it share. */
export class Compiler {
  readonly nodes: PlanNode[] = []
  readonly families: Family[] = []
  readonly models = new Map<string, ModelRef>()
  /** metadata of the file of each model */
  readonly origins = new Map<string, GgufMetadata>()
  readonly searches: JsonObject[] = []
  readonly warnings = new Set<string>()
  readonly statistics = new Map<string, StatisticsPlace>()
  private readonly known = new Map<string, Promise<number>>()
  readonly sources = new Map<string, Source>()
  readonly resolve: (ref: ModelRef) => Promise<{ readonly path: string }>
  readonly readBlob: ReadBlob
  readonly derived: Derived

  constructor(resolve: (ref: ModelRef) => Promise<{ readonly path: string }>, readBlob: ReadBlob, derived: DerivedStore | undefined) {
    this.derived = new Derived(this.nodes, derived)
    this.resolve = resolve
    this.readBlob = readBlob
  }

  /** The node of this expression; an equal one that stands already is used again. */
  add(expression: WeightsExpression): Promise<number> {
    const key = keyOf(expression)
    const standing = this.known.get(key)
    if (standing !== undefined) return standing
    const adding = this.addNew(expression).catch((error: unknown) => {
      throw error instanceof TributaryError ? error.at({ value: wireHash(expression) }) : error
    })
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
      case 'mix':
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

  push(node: PlanNode, family: Family): number {
    this.nodes.push(node)
    this.families.push(family)
    return this.nodes.length - 1
  }

  private async addNew(expression: WeightsExpression): Promise<number> {
    switch (expression.op) {
      case 'load':
        return addLoad(this, expression.model)
      case 'delta':
        return addDelta(this, expression)
      case 'prune':
        return addPrune(this, expression)
      case 'merge':
        return addMerge(this, expression)
      case 'stack':
        return addStack(this, expression)
      case 'permute':
        return addPermute(this, expression)
      case 'experts':
        return addExperts(this, expression)
      case 'zip':
        return addZip(this, expression)
      default:
        return expression satisfies never
    }
  }

  requireModels(nodes: readonly number[], what: string): void {
    if (nodes.some((node) => this.nodes[node]?.kind !== 'model'))
      throw new TributaryError('weights-mismatch', `${what} takes whole models; it was given a task vector.`)
  }

  align(
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
