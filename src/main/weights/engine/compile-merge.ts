import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import { weightsCatalog } from '../catalog'
import { bitsPerWeight } from '../gguf/types/ggml-type'
import type { AnyMethod } from '../method'
import { refuse, resolveParams } from '../settings'
import { openTable, placeStatistics } from '../statistics/stored-table'
import { missingStatistics, type StatisticsTable } from '../statistics/table'
import { withTemplate } from './chat-template'
import type { Family } from './compatible'
import type { Compiler } from './compile'
import { inOneVocabulary } from './compile-vocabulary'
import { keyOf, wireHash } from './expression-key'
import { titleOf } from './expression-title'
import { fitted } from './fit'
import type { Child, PlanNode } from './plan'

/** Merges, differences and prunings of an expression as nodes of a plan. */

export async function addDelta(
  on: Compiler,
  { tuned, base, allowQuantized = false }: Extract<WeightsExpression, { op: 'delta' }>,
): Promise<number> {
  const [baseNode, tunedNode] = [await on.add(base), await on.add(tuned)]
  on.requireModels([baseNode, tunedNode], 'A task vector')
  checkDeltaSources(on, [baseNode, tunedNode], allowQuantized)
  const children = on.align(tunedNode, [baseNode])
  return on.push(
    { op: 'delta', kind: 'delta', tensors: children.tensors, tuned: children.lead, base: children.others[0] as Child },
    on.families[tunedNode] as Family,
  )
}

export async function addPrune(on: Compiler, expression: Extract<WeightsExpression, { op: 'prune' }>): Promise<number> {
  const { pruner, of, params, seed = 0 } = expression
  const found = weightsCatalog().pruner(pruner) ?? refuse(`"${pruner}"`, 'is no known pruner')
  const node = await on.add(of)
  if (on.nodes[node]?.kind !== 'delta')
    throw new TributaryError('weights-mismatch', 'Pruning takes a task vector, the difference of two models; it was given a whole model.', {
      hint: 'Put a Task vector node between the model and the pruner.',
    })
  resolveParams(found.params, params, { tensor: 'blk.0.x', blocks: 1 }, found.name)
  const { tensors, lead } = on.align(node, [])
  return on.push(
    {
      op: 'combine',
      catalog: 'pruners',
      kind: 'delta',
      method: pruner,
      tensors,
      models: [{ child: lead, label: keyOf(of), name: titleOf(of), params: {} }],
      params,
      seed,
      value: wireHash(expression),
    },
    on.families[node] as Family,
  )
}

export async function addMerge(on: Compiler, expression: Extract<WeightsExpression, { op: 'merge' }>): Promise<number> {
  const { method: name, params, seed, allowQuantized = false, tokenizer, search, dropUnfit = false, chatTemplate } = expression
  if (search) on.searches.push(search)
  const method = weightsCatalog().method(name) ?? refuse(`"${name}"`, 'is no known merge method')
  let base = expression.base === undefined ? undefined : await on.add(expression.base)
  let models: number[] = []
  for (const model of expression.models) models.push(await on.add(model.weights))
  checkMerge(on, method, base, models)
  if (dropUnfit && base !== undefined) models = models.map((model) => fitted(on, model, base as number))
  if (tokenizer) {
    const shared = await inOneVocabulary(on, [...(base === undefined ? [] : [base]), ...models], tokenizer, base !== undefined)
    models = base === undefined ? shared : shared.slice(1)
    base = base === undefined ? undefined : shared[0]
  }
  for (const model of expression.models) resolveParams(method.perModel, model.params, { tensor: 'blk.0.x', blocks: 1 }, name)
  resolveParams(method.params, params, { tensor: 'blk.0.x', blocks: 1 }, name)
  if (method.of === 'deltas' && base !== undefined) checkDeltaSources(on, [base, ...models], allowQuantized)
  await addStatistics(on, method, expression)
  const lead = base ?? (models[0] as number)
  const { tensors, lead: leadChild, others } = on.align(lead, base === undefined ? models.slice(1) : models)
  const children = base === undefined ? [leadChild, ...others] : others
  return on.push(
    {
      op: 'combine',
      catalog: 'methods',
      kind: base === undefined ? (on.nodes[lead] as PlanNode).kind : 'model',
      method: name,
      tensors,
      ...(base === undefined ? {} : { base: leadChild }),
      models: expression.models.map((model, index) => ({
        child: children[index] as Child,
        label: keyOf(model.weights),
        name: titleOf(model.weights),
        params: model.params,
        ...(model.statistics === undefined ? {} : { statistics: model.statistics }),
      })),
      ...(expression.baseStatistics === undefined ? {} : { baseStatistics: expression.baseStatistics }),
      params,
      seed,
      value: wireHash(expression),
      ...(dropUnfit && base !== undefined ? { dropsUnfit: true } : {}),
    },
    withTemplate(
      [lead, ...(base === undefined ? models.slice(1) : models)].map((node) => on.families[node] as Family),
      chatTemplate,
      (warning) => on.warnings.add(warning),
    ),
  )
}

/** Reads the statistics that a method takes. Throws `statistics-missing` for a model without any of the quantities needed. */
async function addStatistics(
  on: Compiler,
  method: AnyMethod,
  { models, baseStatistics }: Extract<WeightsExpression, { op: 'merge' }>,
): Promise<void> {
  if (method.statistics === undefined) return
  const { needs, from } = method.statistics
  for (const [index, { statistics }] of models.entries()) {
    const table = statistics === undefined ? undefined : await readStatistics(on, statistics)
    if (!table?.matrices.some((matrix) => needs.some((quantity) => table.has(matrix, quantity))))
      throw missingStatistics(method.title, `${needs.join(' or ')} of every model, and has none of model ${index + 1}`, from)
  }
  if (baseStatistics !== undefined) await readStatistics(on, baseStatistics)
}

async function readStatistics(on: Compiler, blob: string): Promise<StatisticsTable> {
  const place = on.statistics.get(blob) ?? (await placeStatistics(on.readBlob, blob))
  on.statistics.set(blob, place)
  return openTable(place)
}

function checkMerge(on: Compiler, method: AnyMethod, base: number | undefined, models: readonly number[]): void {
  const { min, max = Infinity } = method.models
  if (models.length < min || models.length > max)
    refuse(
      method.title,
      `takes ${min === max ? `exactly ${min}` : max === Infinity ? `at least ${min}` : `${min} to ${max}`} ${max === 1 ? 'model' : 'models'}, and was given ${models.length}`,
    )
  if (method.base === 'required' && base === undefined && models.some((model) => on.nodes[model]?.kind === 'model'))
    refuse(method.title, 'needs the base that the models were tuned from', 'Wire the common ancestor to the base port.')
  if (method.base === 'none' && base !== undefined) refuse(method.title, 'takes no base', 'Take the base away, or choose task arithmetic.')
  if (base !== undefined) on.requireModels([base], 'The base')
  const kinds = new Set(models.map((model) => on.nodes[model]?.kind))
  if (base === undefined && kinds.size > 1) refuse(method.title, 'was given models and task vectors together', 'With a base both may meet.')
}

function checkDeltaSources(on: Compiler, nodes: readonly number[], allowQuantized: boolean): void {
  for (const node of nodes) {
    const at = on.nodes[node]
    const family = on.families[node] as Family
    if (at?.kind !== 'model' || family.coarsest === undefined) continue
    const bits = bitsPerWeight(family.coarsest)
    if (bits < 8 && !allowQuantized)
      throw new TributaryError(
        'weights-quantized',
        `${family.name} is quantized below 8 bits: its difference from another model would be mostly rounding noise.`,
        {
          hint: 'Use F16 or BF16 originals, or allow quantized sources in the node.',
          details: { card: 'E_PARAM' },
        },
      )
    if (bits < 16) on.warnings.add(`${family.name} is quantized: small differences from its base are partly rounding noise.`)
    else if (family.coarsest === 'BF16')
      on.warnings.add(`${family.name} is in BF16: what differs from its base by less than 0.2 % of a weight is rounded away.`)
  }
}
