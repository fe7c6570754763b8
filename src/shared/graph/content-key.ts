import { hashJson } from '../hash'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json'
import { titleIn } from '../names'
import type { NodeSpec } from '../node-spec'
import type { Asked } from './asked'
import type { GraphNode } from './document'
import { has } from './ids'

/**
 * What a node's result depends on, and nothing else: never its id, title or place. Equal parts, equal result; so the hash of the parts is the key
 * under which a result is kept, and the difference of two parts is the reason why a node runs again.
 */
export interface KeyParts {
  readonly type: string
  readonly v: number
  /** every param of the spec with its value, defaults filled in; params that a wire feeds or that name a model are left out */
  readonly params: JsonObject
  /** only of nodes that draw random numbers */
  readonly seed?: number
  /** hash of the value at each input that has one; a list for ports that take many, in their order */
  readonly inputs: { readonly [port: string]: string | readonly string[] }
  /** param → id of the model (hash of its file, or backend and name) and load options that change numbers */
  readonly models: { readonly [param: string]: string }
  /** results of different devices may differ in the last bits: `cpu`, `cuda`, … Only of nodes that compute with models. */
  readonly runtime?: string
  /** what a node that reads the world has found there: fingerprint by resource */
  readonly world?: { readonly [resource: string]: string }
  /** hash of the inner graph of a container */
  readonly subgraph?: string
  /** which parts of its outputs are read, of nodes that heed it */
  readonly asked?: Asked
}

/** 64 hexadecimal digits. */
export const contentKey = (parts: KeyParts): string => hashJson(parts)

/** The params that a wire feeds. */
export type Fed = Pick<ReadonlySet<string>, 'has'>

/** The params of a node as its key sees them. */
export function canonicalParams(node: GraphNode, spec: NodeSpec, fed: Fed = new Set()): JsonObject {
  const params: Record<string, Json> = {}
  for (const name in spec.params) {
    const param = spec.params[name]!
    if (param.kind !== 'model' && !fed.has(name)) params[name] = has(node.params, name) ? (node.params[name] as Json) : param.default
  }
  return params
}

/** Why a node runs although it ran before, in a few words a person can check: “temperature 0.7→0.8”, “input documents changed”. */
export function explainMiss(previous: KeyParts | undefined, now: KeyParts, spec: NodeSpec | undefined): string {
  if (!previous) return 'never ran before'
  if (previous.type !== now.type) return `was a ${previous.type}, is a ${now.type}`
  const reasons = [
    ...(previous.v === now.v ? [] : [`version of the node ${previous.v}→${now.v}`]),
    ...explainParams(previous.params, now.params, spec),
    ...(previous.seed === now.seed ? [] : [`seed ${previous.seed ?? 'none'}→${now.seed ?? 'none'}`]),
    ...explainInputs(previous.inputs, now.inputs, spec),
    ...changedKeys(previous.models, now.models).map((param) => `${titleIn(spec, 'inputs', param)} is another model or its file changed`),
    ...(previous.runtime === now.runtime ? [] : [`runtime ${previous.runtime ?? 'none'}→${now.runtime ?? 'none'}`]),
    ...changedKeys(previous.world ?? {}, now.world ?? {}).map((resource) => `${resource} changed`),
    ...(previous.subgraph === now.subgraph ? [] : ['inner graph changed']),
    ...changedKeys(previous.asked ?? {}, now.asked ?? {}).map(
      (output) => `other parts of ${titleIn(spec, 'outputs', output)} are read now`,
    ),
  ]
  return reasons.length === 0 ? 'nothing changed' : reasons.join('; ')
}

function explainParams(previous: JsonObject, now: JsonObject, spec: NodeSpec | undefined): string[] {
  return changedKeys(previous, now).map((name) => {
    const title = titleIn(spec, 'inputs', name)
    const before = show(previous[name])
    const after = show(now[name])
    return before === undefined || after === undefined ? `${title} changed` : `${title} ${before}→${after}`
  })
}

/** Short values are shown; long texts and structures only say that they changed. */
function show(value: Json | undefined): string | undefined {
  if (value === undefined) return 'none'
  const text = typeof value === 'string' ? `“${value}”` : JSON.stringify(value)
  return text.length <= 24 && !text.includes('\n') ? text : undefined
}

function explainInputs(previous: KeyParts['inputs'], now: KeyParts['inputs'], spec: NodeSpec | undefined): string[] {
  return changedKeys(previous, now).map((port) => {
    const before = previous[port]
    const after = now[port]
    const title = titleIn(spec, 'inputs', port)
    if (before === undefined) return `input ${title} is new`
    if (after === undefined) return `input ${title} is gone`
    if (!isList(before) || !isList(after)) return `input ${title} changed`
    if (before.length !== after.length) return `input ${title} has ${after.length} values, had ${before.length}`
    const changed = after.filter((hash, i) => hash !== before[i]).length
    return `input ${title} changed (${changed} of ${after.length})`
  })
}

const isList = (value: string | readonly string[]): value is readonly string[] => Array.isArray(value)

function changedKeys(a: object, b: object): string[] {
  const first = isJsonObject(a) ? a : {}
  const second = isJsonObject(b) ? b : {}
  const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])].sort()
  return keys.filter(
    (key) => canonicalJson(first[key] ?? null) !== canonicalJson(second[key] ?? null) || has(first, key) !== has(second, key),
  )
}
