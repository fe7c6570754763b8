import { Document, isScalar, visit } from 'yaml'
import type { WeightsExpression } from '../../../shared/expression'
import type { Issue } from '../../../shared/graph/issue'
import { canonicalJson, type Json } from '../../../shared/json'
import { weightsCatalog } from '../../weights/catalog'
import type { Recipe } from '../recipe'
import { type Correspondence, correspondences, type Setting } from './methods'
import { tokenizerConfig } from './tokenizer'

export interface Exported {
  readonly text: string
  /** what MergeKit cannot say, or means in another way */
  readonly issues: readonly Issue[]
}

/** A merge of ours as a MergeKit configuration; merges of merges as a chain of them (`---`). Nothing is left out without an issue. */
export function exportMergekit(recipe: Recipe): Exported {
  const exporter = new Exporter()
  const config = exporter.config(recipe.expression)
  const dtype = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[recipe.dtype]
  if (dtype === undefined && recipe.dtype !== 'keep') exporter.say(`MergeKit writes no ${recipe.dtype}: the type is left out.`)
  const documents = [...exporter.earlier, { ...config, ...(dtype === undefined ? {} : { dtype }) }]
  const text = documents.map(write).join('---\n')
  return { text, issues: exporter.issues }
}

/** As people write these files: lists of numbers on one line. */
function write(config: Config): string {
  const document = new Document(config, { aliasDuplicateObjects: false })
  visit(document, {
    Seq(_, list) {
      if (list.items.every((item) => isScalar(item) && typeof item.value === 'number')) list.flow = true
    },
  })
  return document.toString({ flowCollectionPadding: false })
}

type Config = Record<string, Json>
type Merge = Extract<WeightsExpression, { op: 'merge' }>
type Stack = Extract<WeightsExpression, { op: 'stack' }>

class Exporter {
  readonly issues: Issue[] = []
  readonly earlier: Config[] = []
  private readonly names = new Map<string, string>()

  say(message: string): void {
    if (!this.issues.some((issue) => issue.message === message))
      this.issues.push({ code: 'import-unsupported', severity: 'warning', message })
  }

  config(expression: WeightsExpression): Config {
    if (expression.op === 'merge') return this.merge(expression)
    if (expression.op === 'stack') return this.stack(expression)
    if (expression.op === 'load') return { merge_method: 'passthrough', models: [{ model: expression.model.name }] }
    this.say(`The step "${expression.op}" has no counterpart in MergeKit.`)
    return { merge_method: 'passthrough', models: [] }
  }

  /** What a model is called: its own name, or that of an earlier configuration of the chain. */
  private nameOf(expression: WeightsExpression, base?: WeightsExpression): string {
    if (expression.op === 'load') return expression.model.name
    // a difference from the very base that it is added to again is the tuned model
    if (expression.op === 'delta' && base && canonicalJson(plain(expression.base)) === canonicalJson(plain(base)))
      return this.nameOf(expression.tuned)
    const key = canonicalJson(plain(expression))
    const standing = this.names.get(key)
    if (standing !== undefined) return standing
    const config = this.config(expression)
    const name = `step-${this.earlier.length + 1}`
    this.earlier.push({ name, ...config })
    this.names.set(key, name)
    return name
  }

  private merge(expression: Merge): Config {
    const [name, how] = this.methodOf(expression)
    const { base } = expression
    const isOrdered = how.base === 'ordered'
    const baseModel = isOrdered ? expression.models[0]?.weights : base
    const sliced = this.sliced(expression, name, how)
    if (sliced) return sliced
    const models = expression.models.map(({ weights, params }) => {
      const settings = this.settings(how.each, params, name, false)
      return { model: this.nameOf(weights, base), ...(Object.keys(settings).length > 0 ? { parameters: settings } : {}) }
    })
    this.checkFixed(expression, how, name)
    if (expression.tokenizer?.approximate !== undefined)
      this.say('MergeKit merges no model whose missing tokens are put together of its own rows: run mergekit-tokensurgeon on it first.')
    const shared = Object.fromEntries(Object.entries(how.each).filter(([, setting]) => setting.shared))
    const parameters = {
      ...this.settings(how.global, expression.params, name, true),
      ...this.settings(shared, expression.params, name, true),
    }
    return {
      merge_method: name,
      ...(baseModel === undefined ? {} : { base_model: this.nameOf(baseModel) }),
      models,
      ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
      ...(expression.chatTemplate ? { chat_template: 'auto' } : {}),
      ...(expression.tokenizer
        ? {
            tokenizer: tokenizerConfig(expression.tokenizer, (model) => {
              const weights = model === 'base' ? baseModel : expression.models[model]?.weights
              return weights ? this.nameOf(weights, base) : 'base'
            }),
          }
        : {}),
    }
  }

  /** Stacks of the same cuts that are merged are slices of several sources; undefined where that would not be the same. */
  private sliced(expression: Merge, name: string, how: Correspondence): Config | undefined {
    const { base } = expression
    const stacks = [...expression.models.map(({ weights }) => weights), ...(base ? [base] : [])]
    const cuts = stacks.map((one) => (one.op === 'stack' ? cutsOf(one) : undefined))
    const [first] = cuts
    if (
      !first ||
      expression.tokenizer ||
      expression.chatTemplate ||
      cuts.some((one) => one?.map(({ to, from }) => to - from).join() !== first.map(({ to, from }) => to - from).join())
    )
      return undefined
    // a gradient begins anew in every slice
    const settings = [expression.params, ...expression.models.map(({ params }) => params)]
    if (first.length > 1 && JSON.stringify(settings).includes('[')) return undefined
    const baseNames = (how.base === 'ordered' ? cuts[0] : base ? cuts.at(-1) : [])?.map(({ model }) => this.nameOf(model)) ?? []
    if (new Set(baseNames).size > 1) return undefined
    this.checkFixed(expression, how, name)
    const parameters = this.settings(how.global, expression.params, name, true)
    const slices = first.map((_, slice) => ({
      sources: cuts.map((one, place) => {
        const { model, from, to } = (one as readonly Cut[])[slice] as Cut
        const own = expression.models[place] ? this.settings(how.each, expression.models[place]?.params ?? {}, name, false) : {}
        return { model: this.nameOf(model), layer_range: [from, to], ...(Object.keys(own).length > 0 ? { parameters: own } : {}) }
      }),
    }))
    return {
      merge_method: name,
      ...(baseNames[0] === undefined ? {} : { base_model: baseNames[0] }),
      slices: slices as unknown as Json,
      ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    }
  }

  private methodOf({ method, params, base }: Merge): [string, Correspondence] {
    if (method === 'average')
      return ['linear', { ...(correspondences.linear as Correspondence), each: { weight: { default: 1, to: 'weight' } } }]
    if (method === 'ram') {
      const name = params.plus === true ? 'ramplus_tl' : 'ram'
      return [name, correspondences[name] as Correspondence]
    }
    const found = Object.entries(correspondences).find(([, one]) => one.method === method)
    if (found) return found
    const title = weightsCatalog().method(method)?.title ?? method
    this.say(`MergeKit has no method like ${title}: ${base === undefined ? 'linear' : 'task_arithmetic'} stands in its place.`)
    const name = base === undefined ? 'linear' : 'task_arithmetic'
    return [name, correspondences[name] as Correspondence]
  }

  /** Where MergeKit means something else than the setting says, the numbers will differ. */
  private checkFixed({ params, method }: Merge, { fixed }: Correspondence, name: string): void {
    for (const [setting, value] of Object.entries(fixed)) {
      const given = params[setting] ?? weightsCatalog().method(method)?.params[setting]?.default
      if (given !== undefined && given !== value)
        this.say(
          `${setting}: ${JSON.stringify(given)} is not what ${name} does in MergeKit (${JSON.stringify(value)}): its numbers will differ.`,
        )
    }
  }

  private settings(
    table: Readonly<Record<string, Setting>>,
    given: Readonly<Record<string, Json>>,
    method: string,
    isGlobal: boolean,
  ): Config {
    const found: Config = {}
    for (const [name, setting] of Object.entries(table)) {
      if (setting.to === undefined || (setting.shared && !isGlobal)) continue
      const turned = Object.values(table).find(({ to, turns }) => to === setting.to && turns?.[1] === given[setting.to as string])
      if (setting.turns) {
        if (turned) found[name] = true
        continue
      }
      const value = turned?.turns?.[0] ?? given[setting.to]
      if (value === undefined) {
        if (setting.to === 'weight') found[name] = 1
        continue
      }
      const translated = setting.values ? Object.entries(setting.values).find(([, ours]) => ours === value)?.[0] : undefined
      if (setting.values && translated === undefined)
        this.say(`${setting.to}: ${JSON.stringify(value)} has no counterpart in ${method} of MergeKit.`)
      else if (setting.values) found[name] = translated === 'true'
      else if (JSON.stringify(value).includes('"parts"'))
        this.say(
          `${setting.to} has one value for each part of the layers, which MergeKit cannot say: write a value for each layer instead.`,
        )
      else found[name] = value
    }
    return found
  }

  private stack(stack: Stack): Config {
    const slices = cutsOf(stack).map(({ model, from, to, scale }) => ({
      sources: [
        {
          model: this.nameOf(model),
          layer_range: [from, to],
          ...(scale === undefined || scale === 1 ? {} : { parameters: residualScale(scale) }),
        },
      ],
    }))
    return { merge_method: 'passthrough', slices: slices as unknown as Json }
  }
}

interface Cut {
  readonly model: WeightsExpression
  readonly from: number
  to: number
  readonly scale: number | undefined
}

/** Runs of layers of one source and scale. */
function cutsOf({ sources, layers }: Stack): Cut[] {
  const cuts: Cut[] = []
  for (const { source, layer, scale } of layers) {
    const last = cuts.at(-1)
    const model = sources[source] as WeightsExpression
    if (last && last.model === model && last.to === layer && last.scale === scale) last.to++
    else cuts.push({ model, from: layer, to: layer + 1, scale })
  }
  return cuts
}

/** What a layer adds to the stream goes through these two matrices. */
const residualScale = (scale: number): Config => ({
  scale: [{ filter: 'o_proj', value: scale }, { filter: 'down_proj', value: scale }, { value: 1 }],
})

/** Apart from the names that people gave the models. */
const plain = (expression: WeightsExpression): Json =>
  JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === 'name' ? undefined : value))) as Json
