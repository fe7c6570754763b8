import type { WeightsExpression } from '../../../shared/expression'
import type { Issue } from '../../../shared/graph/issue'
import type { Json } from '../../../shared/json'
import type { ModelRef } from '../../../shared/value'
import { weightsCatalog } from '../../weights/catalog'
import type { Recipe } from '../recipe'
import { makeChain } from './chain'
import { type MergekitConfig, type Parameters, parseMergekit, type Slice } from './config'
import { type Correspondence, correspondences, ignoredSettings, type Setting } from './methods'
import { modelName, unsupported } from './names'
import { type Level, scheduleOf } from './schedule'
import { tokenizerOf } from './tokenizer'

export interface Imported {
  readonly recipe: Recipe
  /** what the graph cannot say, or says in another way; nothing is left out without one */
  readonly issues: readonly Issue[]
}

/** A model that a configuration names, before anybody knows whether it is here. */
export const mergekitRef = (name: string): ModelRef => ({ backend: 'llama-cpp', id: `mergekit:${name}`, name })

/**
 * A MergeKit configuration as a merge of ours, with the settings that give MergeKit's numbers. A chain of configurations becomes one expression, whatever their order.
 * Throws `graph-format` for what is no configuration; what has no counterpart becomes an issue.
 */
export function importMergekit(text: string): Imported {
  const issues: Issue[] = []
  const { result, config, unused } = makeChain<WeightsExpression>(parseMergekit(text), (one, named) =>
    new Importer(one, named, issues).expression(),
  )
  for (const name of unused) issues.push(unsupported(`The document ${name} goes into no other and is left out.`))
  return { recipe: { expression: result, name: config.name ?? 'merged', dtype: dtypeOf(config, issues) }, issues: distinct(issues) }
}

const dtypes: Readonly<Record<string, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' }

function dtypeOf({ dtype, out_dtype: out }: MergekitConfig, issues: Issue[]): string {
  const asked = out ?? dtype
  if (asked == null) return 'keep'
  const found = dtypes[asked]
  if (found === undefined) issues.push(unsupported(`The type ${asked} is not known here: the merge is written as its first model is.`))
  return found ?? 'keep'
}

const distinct = (issues: readonly Issue[]): Issue[] => [...new Map(issues.map((issue) => [issue.message, issue])).values()]

const note = (message: string): Issue => ({ code: 'import-unsupported', severity: 'info', message })

const known = new Set([
  'name',
  'merge_method',
  'base_model',
  'models',
  'slices',
  'modules',
  'parameters',
  'dtype',
  'out_dtype',
  'tokenizer_source',
  'tokenizer',
  'chat_template',
])

/** One place in the order of a slice's sources. */
interface Ingredient {
  readonly name: string
  readonly weights: WeightsExpression
  /** for each slice (one for whole models), the settings that hold for this model there: its own first */
  readonly levels: readonly Level[]
}

class Importer {
  private readonly config: MergekitConfig
  private readonly named: (name: string) => WeightsExpression | undefined
  private readonly issues: Issue[]
  private readonly method: Correspondence

  constructor(config: MergekitConfig, named: (name: string) => WeightsExpression | undefined, issues: Issue[]) {
    this.config = unwrapModules(config, issues)
    this.named = named
    this.issues = issues
    const found = correspondences[config.merge_method]
    if (!found)
      issues.push(
        unsupported(`The merge method ${config.merge_method} has no counterpart here; the graph takes the plain weighted average instead.`),
      )
    this.method = found ?? (correspondences.linear as Correspondence)
    for (const key of Object.keys(config)) if (!known.has(key)) issues.push(unsupported(`The key ${key} has no counterpart here.`))
    const template = config.chat_template
    if (template != null && template !== 'auto')
      issues.push(unsupported('A chat template of its own is not set: the merged model keeps that of its first model.'))
  }

  expression(): WeightsExpression {
    const { slices } = this.config
    const ingredients = slices ? this.ofSlices(slices) : this.ofModels()
    if (this.method.method === 'passthrough' && slices) return this.stacked(ingredients)
    return this.merged(ingredients)
  }

  /** The model that a name stands for: another document of the chain, or a model of the library. */
  private weightsOf(given: Json): WeightsExpression {
    const name = modelName(given)
    if (name.includes('+'))
      this.issues.push(
        unsupported(`${name} is a model with an adapter: the adapter is left out. Load it with its own node and wire it in.`),
      )
    const plain = name.split('+')[0] ?? name
    return this.named(plain) ?? { op: 'load', model: mergekitRef(plain) }
  }

  private get base(): string | undefined {
    return this.config.base_model == null ? undefined : modelName(this.config.base_model)
  }

  private ofModels(): Ingredient[] {
    return (this.config.models ?? []).map((entry) => ({
      name: modelName(entry.model),
      weights: this.weightsOf(entry.model),
      levels: [{ layers: undefined, settings: [entry.parameters, this.config.parameters] }],
    }))
  }

  /** The sources at one place of all slices are one stack of layers. */
  private ofSlices(slices: readonly Slice[]): Ingredient[] {
    const most = Math.max(...slices.map(({ sources }) => sources.length))
    if (slices.some(({ sources }) => sources.length !== most) && this.method.base === 'deltas')
      this.issues.push(
        unsupported('Slices with different numbers of sources: where one is missing, the first source of the slice takes its place.'),
      )
    return Array.from({ length: most }, (_, place) => {
      let next = 0
      const parts = slices.map((slice) => {
        const source = slice.sources[place] ?? (slice.sources[0] as Slice['sources'][number])
        const [from, to] = source.layer_range
        if (to <= from) this.issues.push(unsupported(`The slice of ${modelName(source.model)} from ${from} to ${to} has no layers.`))
        const first = next
        next += Math.max(0, to - from)
        return {
          name: modelName(source.model),
          weights: this.weightsOf(source.model),
          from,
          to,
          level: { layers: [first, next] as const, settings: [source.parameters, slice.parameters, this.config.parameters] },
        }
      })
      const names = [...new Set(parts.map(({ name }) => name))]
      return {
        name: names.length === 1 ? (names[0] ?? '') : names.join(' + '),
        weights: stackOf(parts, names),
        levels: parts.map(({ level }) => level),
      }
    })
  }

  /** Slices of single sources, one after the other. A scale has its own step, since it may depend on tensor and layer. */
  private stacked([first]: readonly Ingredient[]): WeightsExpression {
    const one = first as Ingredient
    const scale = this.setting('scale', this.method.each.scale as Setting, one)
    if (scale === undefined || scale === 1) return one.weights
    return { op: 'merge', method: 'passthrough', models: [{ weights: one.weights, params: {} }], params: { scale }, seed: 0 }
  }

  private merged(all: readonly Ingredient[]): WeightsExpression {
    const { base } = this
    const isBase = ({ name }: Ingredient): boolean => name === base
    const separate = this.method.base === 'deltas' || (this.method.base === 'optional' && base !== undefined)
    const models = this.method.base === 'ordered' ? this.ordered(all) : separate ? all.filter((one) => !isBase(one)) : all
    const method = weightsCatalog().method(this.method.method)
    const needsBase = separate && base !== undefined
    if (this.method.base === 'deltas' && base === undefined)
      this.issues.push(unsupported(`The method ${this.config.merge_method} needs a base_model, and the configuration names none.`))
    const asBase = needsBase ? (all.find(isBase)?.weights ?? this.weightsOf(base)) : undefined
    this.checkNames(models)
    const tokenizer = tokenizerOf(
      this.config,
      models.map(({ name }) => name),
      needsBase ? base : undefined,
      this.issues,
    )
    return {
      op: 'merge',
      method: this.method.method,
      ...(asBase === undefined ? {} : { base: asBase }),
      models: models.map((model) => ({ weights: model.weights, params: this.eachSettings(model) })),
      params: { ...this.method.fixed, ...this.globalSettings(models) },
      seed: method?.stochastic ? 1 : 0,
      ...(this.config.chat_template === 'auto' ? { chatTemplate: 'most' } : {}),
      ...(tokenizer ? { tokenizer } : {}),
    }
  }

  private ordered(all: readonly Ingredient[]): readonly Ingredient[] {
    const { base } = this
    const first = all.find(({ name }) => name === base)
    if (base === undefined)
      this.issues.push(
        unsupported(`The method ${this.config.merge_method} needs a base_model to start from; it starts from the first model.`),
      )
    if (first) return [first, ...all.filter((one) => one !== first)]
    if (base === undefined || all.length > 1) return all
    return [{ name: base, weights: this.weightsOf(base), levels: all[0]?.levels ?? [] }, ...all]
  }

  private eachSettings(model: Ingredient): Record<string, Json> {
    return Object.fromEntries(
      Object.entries(this.method.each).flatMap(([name, setting]) => {
        if (setting.shared || setting.to === undefined) return []
        const value = this.setting(name, setting, model)
        return value === undefined ? [] : [[setting.to, value]]
      }),
    )
  }

  private globalSettings(models: readonly Ingredient[]): Record<string, Json> {
    const found: Record<string, Json> = {}
    for (const [name, setting] of Object.entries(this.method.global)) {
      const value = this.setting(name, setting, this.anywhere(models[0]))
      if (setting.turns) {
        if (value === true && setting.to !== undefined && found[setting.to] === setting.turns[0]) found[setting.to] = setting.turns[1]
      } else if (setting.to !== undefined && value !== undefined) found[setting.to] = value
      else if (value !== undefined && value !== setting.default && !ignoredSettings.has(name)) this.issues.push(this.differs(name, value))
      else if (value !== undefined && value !== setting.default)
        this.issues.push(note(`${name} saves memory in MergeKit and changes no number; it is not needed here.`))
    }
    for (const [name, setting] of Object.entries(this.method.each)) if (setting.shared) this.share(name, setting, models, found)
    return found
  }

  /** A global setting is looked up in the slice and the configuration, not in a source. */
  private anywhere(one: Ingredient | undefined): Ingredient {
    const levels = (one?.levels ?? []).map(({ layers, settings }) => ({ layers, settings: settings.slice(1) }))
    return { name: '', weights: { op: 'load', model: mergekitRef('') }, levels }
  }

  private share(name: string, setting: Setting, models: readonly Ingredient[], found: Record<string, Json>): void {
    const values = models.map((model) => this.setting(name, setting, model))
    const [value] = values
    if (values.some((other) => JSON.stringify(other) !== JSON.stringify(value)))
      this.issues.push(unsupported(`${name} differs from model to model, and all share one here: that of the first is taken.`))
    if (setting.to !== undefined && value !== undefined) found[setting.to] = value
  }

  private setting(name: string, setting: Setting, { levels, name: model }: Ingredient): Json | undefined {
    const value = scheduleOf(name, levels, setting.default)
    if (value === undefined) {
      if (setting.to === 'weight') this.issues.push(unsupported(`${model} has no weight, which MergeKit asks for; it is taken as 1.`))
      return setting.to === 'weight' ? 1 : undefined
    }
    const translated = setting.values?.[String(value)]
    if (setting.values === undefined) return value
    if (translated === undefined) this.issues.push(this.differs(name, value))
    return translated
  }

  private differs(name: string, value: Json): Issue {
    return unsupported(`${name}: ${JSON.stringify(value)} has no counterpart for ${this.config.merge_method} here and is left out.`)
  }

  /** Settings that no one asked for are worth a word: a typing error would else pass unseen. */
  private checkNames(models: readonly Ingredient[]): void {
    const expected = new Set([...Object.keys(this.method.global), ...Object.keys(this.method.each)])
    const given = models.flatMap(({ levels }) => levels.flatMap(({ settings }) => settings.flatMap((one) => Object.keys(one ?? {}))))
    for (const name of new Set(given))
      if (!expected.has(name)) this.issues.push(note(`${name} is no setting of ${this.config.merge_method} and has no effect.`))
  }
}

/** One module is the model itself; several (as of models that see) cannot be told apart here. */
function unwrapModules(config: MergekitConfig, issues: Issue[]): MergekitConfig {
  if (!config.modules) return config
  const [only, ...others] = Object.values(config.modules)
  if (others.length > 0) issues.push(unsupported('Several modules: only the first one is merged.'))
  const parameters: Parameters = { ...config.parameters, ...only?.parameters }
  return { ...config, models: only?.models, slices: only?.slices, parameters }
}

interface Part {
  readonly name: string
  readonly weights: WeightsExpression
  readonly from: number
  readonly to: number
}

function stackOf(parts: readonly Part[], names: readonly string[]): WeightsExpression {
  const sources = names.map((name) => (parts.find((part) => part.name === name) as Part).weights)
  const layers = parts.flatMap(({ name, from, to }) =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ source: names.indexOf(name), layer: from + index })),
  )
  return { op: 'stack', sources, layers }
}
