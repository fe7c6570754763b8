import { isJsonObject, type Json, type JsonObject } from '../../shared/json'
import { humanName } from '../../shared/names'
import { textOf } from './report'

/**
 * An expression on a `distribution` or `weights` wire in words: `linear mix of toy-math, (toy-facts − toy-base)`. Empty where it is none.
 * Never trusts the shape: previews are cut, and results of other versions may hold what is not known here.
 */
export const describeExpression = (data: Json, depth = 0): string => {
  if (!isJsonObject(data) || typeof data.op !== 'string') return ''
  if (depth > deepest) return '…'
  const inner = (part: Json | undefined) => (part === undefined ? '' : within(part, depth + 1))
  const model = modelOf(data)
  if (model !== undefined) return model
  if (data.op === 'delta') return `${inner(data.tuned)} − ${inner(data.base)}`
  const parts = partsOf(data)
    .filter(({ role }) => role !== 'base' && role !== 'to fit')
    .map(({ data: part }) => inner(part))
    .filter((part) => part !== '')
  const name = nameOf(data, data.op)
  return parts.length === 0 ? name : `${name} of ${parts.join(', ')}`
}

/** as deep as a card has room for */
const deepest = 3

function within(part: Json, depth: number): string {
  const said = describeExpression(part, depth)
  return said.includes(' ') ? `(${said})` : said
}

/** One step of an expression, for a tree: its name, its settings in a line, and what it works on. */
export interface ExpressionPart {
  readonly name: string
  readonly settings: string
  readonly of: readonly { readonly role: string; readonly data: Json }[]
}

/** undefined for what is no expression */
export function expressionPart(data: Json): ExpressionPart | undefined {
  if (!isJsonObject(data)) return undefined
  const op = typeof data.op === 'string' ? data.op : data.drafter
  if (typeof op !== 'string') return undefined
  const model = modelOf(data)
  if (model !== undefined && typeof data.op === 'string') return { name: model, settings: '', of: [] }
  const switches = ['solver', 'used'].flatMap((name) => (data[name] === undefined ? [] : [`${name} ${String(data[name])}`]))
  const layers = Array.isArray(data.layers) ? [`${data.layers.length} layers`] : []
  const on = ['heads', 'residual'].filter((name) => data[name] === true).map((name) => `with ${name}`)
  return {
    name: op === 'delta' ? 'difference' : nameOf(data, op),
    settings: [model ?? '', ...switches, ...on, ...layers, settingsText(data.params), vocabularyText(data.tokenizer)]
      .filter(Boolean)
      .join(' · '),
    of: op === 'delta' ? named({ '': data.tuned, subtracted: data.base }) : partsOf(data),
  }
}

const modelOf = ({ model }: JsonObject): string | undefined =>
  isJsonObject(model) && typeof model.name === 'string' ? model.name : undefined

const settingsText = (params: Json | undefined): string =>
  isJsonObject(params)
    ? Object.entries(params)
        .filter(([, value]) => value !== '' && value !== null)
        .map(([name, value]) => `${humanName(name).toLowerCase()} ${textOf(value) ?? scheduleText(value)}`)
        .join(' · ')
    : ''

/** A setting that changes by tensor: `.attn_ 0.5, 1; .ffn_ 0.2; else 0.5`. */
const scheduleText = (value: Json): string =>
  Array.isArray(value) && value.every(isJsonObject)
    ? value.map((one) => `${typeof one.filter === 'string' ? one.filter : 'else'} ${textOf(one.value ?? null) ?? '…'}`).join('; ')
    : JSON.stringify(value)

const vocabularyText = (policy: Json | undefined): string => {
  if (!isJsonObject(policy)) return ''
  const { source, approximate } = policy
  const whose = source === 'union' ? 'of all' : source === 'base' ? 'of the base' : `of model ${Number(source) + 1}`
  return `vocabulary ${whose}${typeof approximate === 'number' ? `, put together of ${approximate} rows` : ''}`
}

/** Whatever an operation is made of, in the order in which it names it: each with what it is there for. */
function partsOf(data: JsonObject): { readonly role: string; readonly data: Json }[] {
  const listed = [data.models, data.sources, data.experts].flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []))
  return [
    ...named(isJsonObject(data.inputs) ? data.inputs : {}),
    ...listed.map((one) =>
      isJsonObject(one) && one.weights !== undefined ? { role: settingsText(one.params), data: one.weights } : { role: '', data: one },
    ),
    ...(Array.isArray(data.of) ? (data.of as readonly Json[]).map((one) => ({ role: '', data: one })) : named({ '': data.of })),
    ...named({ shared: data.shared, 'to fit': data.to, base: data.base }),
  ]
}

const named = (parts: { readonly [role: string]: Json | undefined }): { readonly role: string; readonly data: Json }[] =>
  Object.entries(parts).flatMap(([role, part]) =>
    part === undefined ? [] : Array.isArray(part) ? (part as readonly Json[]).map((one) => ({ role, data: one })) : [{ role, data: part }],
  )

const nameOf = (data: JsonObject, op: string): string =>
  words(typeof data.method === 'string' ? data.method : typeof data.pruner === 'string' ? data.pruner : (steps.get(op) ?? op))

const steps: ReadonlyMap<string, string> = new Map([
  ['permute', 'units reordered'],
  ['zip', 'units joined'],
  ['stack', 'layers stacked'],
  ['experts', 'mixture of experts'],
])

/** `dare-ties` → “DARE TIES”: names of methods as their papers write them. */
const words = (name: string): string =>
  name
    .split('-')
    .map((word) => written.get(word) ?? word)
    .join(' ')

const written: ReadonlyMap<string, string> = new Map([
  ...['ties', 'dare', 'della', 'sce', 'ram', 'ema', 'dppa', 'slerp', 'repair'].map((name) => [name, name.toUpperCase()] as const),
  ['nuslerp', 'NuSLERP'],
  ['multislerp', 'MultiSLERP'],
  ['varm', 'VaRM'],
  ['lora', 'LoRA'],
  ['regmean', 'RegMean'],
  ['metagpt', 'MetaGPT'],
  ['adamerging', 'AdaMerging'],
  ['karcher', 'Karcher mean'],
  ['fisher', 'Fisher'],
  ['arcee', 'Arcee'],
  ['nearswap', 'NearSwap'],
])
