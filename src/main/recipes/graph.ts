import type { TokenizerPolicy, WeightsExpression, WeightsParams } from '../../shared/expression'
import { GRAPH_FORMAT, GRAPH_VERSION, type GraphDocument, type GraphNode, type ModelAlias } from '../../shared/graph/document'
import { canonicalJson, type Json } from '../../shared/json'
import type { ModelRef } from '../../shared/value'
import { listNames, type MethodForm, mergerForm, prunerForm } from '../nodes/merging/method-params'
import { layersText } from '../nodes/merging/stack-layers'
import { weightsCatalog } from '../weights/catalog'
import type { AnyMethod } from '../weights/method'
import type { KeptStatistics } from '../weights/provenance'
import { type Recipe, unreadable } from './recipe'

/** The graph that makes what a recipe says: one node a step, equal steps once, laid out from left to right. Running it gives the same expression, so the same bytes. */
export function graphOf(recipe: Recipe, aliasOf: (ref: ModelRef) => ModelAlias, statistics: readonly KeptStatistics[] = []): GraphDocument {
  const drawing = new Drawing(aliasOf, statistics)
  const from = drawing.add(recipe.expression)
  const write = drawing.put('write', {
    type: 'write-model',
    v: 1,
    params: {
      name: recipe.name,
      dtype: recipe.dtype,
      ...(recipe.format === undefined ? {} : { format: recipe.format }),
      ...(recipe.shardBytes === undefined ? {} : { shardGigabytes: recipe.shardBytes / 1e9 }),
    },
  })
  drawing.wire(from, `${write}.weights`)
  if (recipe.importance !== undefined) drawing.wire(drawing.addStatistics(recipe.importance), `${write}.importance`)
  return {
    format: GRAPH_FORMAT,
    version: GRAPH_VERSION,
    id: 'new',
    name: recipe.name,
    models: drawing.models,
    subgraphs: {},
    interface: { inputs: {}, outputs: { model: { type: 'model', from: `${write}.model`, doc: 'The merged model' } } },
    nodes: drawing.nodes,
    wires: drawing.wires,
    ui: { nodes: drawing.layout(write), frames: [], notes: [] },
  }
}

const columnWidth = 400
const rowHeight = 240

class Drawing {
  readonly models: Record<string, ModelAlias> = {}
  readonly nodes: Record<string, GraphNode> = {}
  readonly wires: { from: string; to: string }[] = []
  private readonly aliasOf: (ref: ModelRef) => ModelAlias
  private readonly standing = new Map<string, string>()
  private readonly inputs = new Map<string, string[]>()

  private readonly kept: ReadonlyMap<string, KeptStatistics>
  private readonly measured = new Map<string, string>()

  constructor(aliasOf: (ref: ModelRef) => ModelAlias, statistics: readonly KeptStatistics[]) {
    this.aliasOf = aliasOf
    this.kept = new Map(statistics.map((one) => [one.blob, one]))
  }

  /** The port that gives this expression, as `node.port`. */
  add(expression: WeightsExpression): string {
    const key = canonicalJson(JSON.parse(JSON.stringify(expression)) as Json)
    const standing = this.standing.get(key)
    if (standing !== undefined) return standing
    const port = this.draw(expression)
    this.standing.set(key, port)
    return port
  }

  /** The port that gives these statistics: one node for each table. */
  addStatistics(blob: string): string {
    const standing = this.measured.get(blob)
    if (standing !== undefined) return standing
    const { quantities = [], made } = this.kept.get(blob) ?? {}
    const model = Array.isArray(made?.models) ? String(made.models[0]) : 'unknown'
    const statistics = { blob, model, quantities: [...quantities], texts: 0, tokens: 0, ...(made ? { made } : {}) }
    const id = this.put(`statistics-${model}`, { type: 'kept-statistics', v: 1, params: { statistics } })
    this.measured.set(blob, `${id}.statistics`)
    return `${id}.statistics`
  }

  /** A node under an id that begins with `stem`; gives the id. */
  put(stem: string, node: GraphNode): string {
    const id = free(slug(stem), this.nodes)
    this.nodes[id] = node
    return id
  }

  wire(from: string, to: string): void {
    this.wires.push({ from, to })
    const [node = ''] = to.split('.')
    this.inputs.set(node, [...(this.inputs.get(node) ?? []), from.split('.')[0] ?? ''])
  }

  /** Columns by how many steps lie before a node, rows in the order in which the nodes were drawn. */
  layout(last: string): GraphDocument['ui']['nodes'] {
    const columns = new Map<string, number>()
    const columnOf = (node: string): number => {
      const known = columns.get(node)
      if (known !== undefined) return known
      const column = Math.max(0, ...(this.inputs.get(node) ?? []).map((from) => columnOf(from) + 1))
      columns.set(node, column)
      return column
    }
    const rows = new Map<number, number>()
    const placed = Object.keys(this.nodes).map((id) => {
      const column = columnOf(id)
      const row = rows.get(column) ?? 0
      rows.set(column, row + 1)
      return [id, { x: column * columnWidth, y: row * rowHeight, width: 280 }] as const
    })
    return Object.fromEntries([...placed, ['=model', { x: (columnOf(last) + 1) * columnWidth, y: 0, width: 280 }]])
  }

  private draw(expression: WeightsExpression): string {
    switch (expression.op) {
      case 'load':
        return this.drawLoad(expression.model)
      case 'delta': {
        const [tuned, base] = [this.add(expression.tuned), this.add(expression.base)]
        const id = this.put('taskVector', { type: 'task-vector', v: 1, params: expression.allowQuantized ? { allowQuantized: true } : {} })
        this.wire(tuned, `${id}.tuned`)
        this.wire(base, `${id}.base`)
        return `${id}.delta`
      }
      case 'prune': {
        const of = this.add(expression.of)
        const pruner = weightsCatalog().pruner(expression.pruner) ?? unreadable(`the pruner "${expression.pruner}" is not known here`)
        const params = { pruner: pruner.name, ...formParams(prunerForm, pruner, expression.params) }
        const id = this.put('prune', withSeed({ type: 'prune', v: 1, params }, expression.seed))
        this.wire(of, `${id}.delta`)
        return `${id}.delta`
      }
      case 'merge':
        return this.drawMerge(expression)
      case 'stack': {
        const sources = expression.sources.map((source) => this.add(source))
        const id = this.put('stack', { type: 'stack-layers', v: 1, params: { layers: layersText(expression.layers) } })
        for (const [index, from] of sources.entries()) this.wire(from, `${id}.models#${index}`)
        return `${id}.weights`
      }
      case 'permute': {
        const [of, to] = [this.add(expression.of), expression.to && this.add(expression.to)]
        const id = this.put(
          'align',
          withSeed(
            {
              type: 'align-units',
              v: 1,
              params: { solver: expression.solver, heads: expression.heads ?? false, residual: expression.residual ?? false },
            },
            expression.seed,
          ),
        )
        this.wire(of, `${id}.model`)
        if (to !== undefined) this.wire(to, `${id}.to`)
        return `${id}.weights`
      }
      case 'zip':
        return this.drawKept('zip', 'Zip models', { op: 'zip', groups: expression.groups }, expression.models)
      case 'experts': {
        const { shared, experts, router, used } = expression
        return this.drawKept('experts', 'Mixture of experts', { op: 'experts', router, used }, [shared, ...experts])
      }
      default:
        return unreadable(`the step "${(expression as { op: string }).op}" is not known here`)
    }
  }

  private drawLoad(model: ModelRef): string {
    const plain = model.name.split('/').at(-1) ?? model.name
    const alias = free(slug(plain), this.models)
    this.models[alias] = this.aliasOf(model)
    const id = this.put(`load-${plain}`, { type: 'load-weights', v: 1, title: plain.slice(0, 60), params: { model: `model:${alias}` } })
    return `${id}.weights`
  }

  /** A step whose numbers were measured: they stay as they were found. */
  private drawKept(
    stem: string,
    title: string,
    step: unknown,
    models: readonly WeightsExpression[],
    blobs: readonly string[] = [],
  ): string {
    const sources = models.map((model) => this.add(model))
    const id = this.put(stem, { type: 'kept-step', v: 1, title, params: { step: JSON.parse(JSON.stringify(step)) as Json } })
    for (const [index, from] of sources.entries()) this.wire(from, `${id}.models#${index}`)
    for (const [index, blob] of blobs.entries()) this.wire(this.addStatistics(blob), `${id}.statistics#${index}`)
    return `${id}.weights`
  }

  private drawLora({ models, params }: Extract<WeightsExpression, { op: 'merge' }>): string {
    const [{ weights, statistics } = unreadable('an adapter without a model')] = models
    const from = this.add(weights)
    const id = this.put('lora', { type: 'apply-lora', v: 1, params: params.scale === undefined ? {} : { scale: params.scale } })
    this.wire(from, `${id}.weights`)
    if (statistics !== undefined) this.wire(this.addStatistics(statistics), `${id}.adapter`)
    return `${id}.weights`
  }

  private drawMerge(expression: Extract<WeightsExpression, { op: 'merge' }>): string {
    if (expression.method === 'lora') return this.drawLora(expression)
    const found = weightsCatalog().method(expression.method)
    const blobs = expression.models.flatMap(({ statistics }) => statistics ?? [])
    if (found?.hasOwnNode) {
      const step = { op: 'merge', method: found.name, params: expression.params }
      return this.drawKept(
        found.name,
        found.title,
        step,
        expression.models.map(({ weights }) => weights),
        blobs,
      )
    }
    const base = expression.base && this.add(expression.base)
    const models = expression.models.map(({ weights }) => this.add(weights))
    const method = found ?? unreadable(`the method "${expression.method}" is not known here`)
    const params = {
      method: method.name,
      ...eachParams(
        method,
        expression.models.map((model) => model.params),
      ),
      ...formParams(mergerForm, method, expression.params),
      ...(expression.allowQuantized ? { allowQuantized: true } : {}),
      ...(expression.dropUnfit ? { dropUnfit: true } : {}),
      ...(expression.chatTemplate ? { chatTemplate: expression.chatTemplate } : {}),
      ...(expression.tokenizer ? vocabularyParams(expression.tokenizer) : {}),
    }
    const id = this.put(
      'merge',
      withSeed({ type: 'merger', v: 1, title: method.title, params }, method.stochastic ? expression.seed : undefined),
    )
    if (base !== undefined) this.wire(base, `${id}.base`)
    for (const [index, from] of models.entries()) this.wire(from, `${id}.models#${index}`)
    for (const [index, blob] of blobs.entries()) this.wire(this.addStatistics(blob), `${id}.statistics#${index}`)
    if (expression.baseStatistics !== undefined) this.wire(this.addStatistics(expression.baseStatistics), `${id}.baseStatistics`)
    return `${id}.weights`
  }
}

const vocabularyParams = ({ source, tokens, padToMultipleOf, approximate }: TokenizerPolicy): Record<string, Json> => ({
  ...(typeof source === 'number' ? { tokenizer: 'model', tokenizerModel: source + 1 } : { tokenizer: source }),
  ...(tokens === undefined ? {} : { tokens: tokens as unknown as Json }),
  ...(padToMultipleOf === undefined ? {} : { padVocabulary: padToMultipleOf }),
  ...(approximate === undefined ? {} : { approximate }),
})

const withSeed = (node: GraphNode, seed: number | undefined): GraphNode => (seed === undefined ? node : { ...node, seed })

/** Settings as the form holds them: plain values in their fields, schedules together, defaults left out. */
function formParams(form: MethodForm, method: AnyMethod, given: WeightsParams): Record<string, Json> {
  const params: Record<string, Json> = {}
  const schedules: Record<string, Json> = {}
  for (const [name, value] of Object.entries(given)) {
    const field = form.fieldOf(method, name)
    if (Array.isArray(value)) schedules[name] = value
    else if (value !== form.params[field]?.default) params[field] = value
  }
  return Object.keys(schedules).length > 0 ? { ...params, schedules } : params
}

/** One list a setting that each model has: numbers with commas, or JSON where one of them is a schedule. */
function eachParams(method: AnyMethod, models: readonly WeightsParams[]): Record<string, Json> {
  const params: Record<string, Json> = {}
  for (const [name, spec] of Object.entries(method.perModel)) {
    if (models.every((model) => model[name] === undefined)) continue
    const values = models.map((model) => model[name] ?? spec.default)
    params[listNames[name] ?? name] = values.some((value) => Array.isArray(value)) ? JSON.stringify(values) : values.join(', ')
  }
  return params
}

/** An id that a graph takes, of the letters of a name. */
function slug(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z_]+|-+$/g, '')
  return (plain || 'model').slice(0, 56)
}

function free(stem: string, taken: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(taken, stem)) return stem
  for (let number = 2; ; number++) if (!Object.hasOwn(taken, `${stem}-${number}`)) return `${stem}-${number}`
}
