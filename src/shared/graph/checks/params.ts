import type { Json } from '../../json'
import { titleIn } from '../../names'
import type { ModelNeed, NodeSpec, ParamSpec } from '../../node-spec'
import type { GraphNode } from '../document'
import { has } from '../ids'
import { type Issue, type IssueCode, nameNode, type Remedy } from '../issue'
import { aliasOf, findAlias, isGoodFor, isPresent, nameModel, resolveModel } from '../models'
import { isParamShown, paramValue } from '../ports'
import { type CheckContext, isFed, issue } from './context'

type Fault = { readonly code: IssueCode; readonly severity?: 'warning'; readonly says: string; readonly remedy?: Remedy }

/** Every param of a node against its spec: kind, range, choice, presence; models against the aliases and the library. */
export function checkParams(context: CheckContext, id: string, node: GraphNode, spec: NodeSpec): Issue[] {
  if (node.bypassed) return []
  const issues: Issue[] = []
  const add = (param: string, fault: Fault): void => {
    const { code, says, severity = 'error', remedy } = fault
    const message = `the param “${titleIn(spec, 'inputs', param)}” of ${nameNode(id, node)} ${says}`
    issues.push(issue(context, { code, severity, message, node: id, port: param, ...(remedy === undefined ? {} : { remedy }) }))
  }
  for (const name in spec.params) {
    const param = spec.params[name]!
    if (isFed(context, id, name) || !isParamShown(node, spec, param)) continue
    const fault = faultOf(context, id, name, param, paramValue(node, spec, name) as Json)
    if (fault) add(name, fault)
  }
  for (const name in node.params) {
    if (has(spec.params, name)) continue
    const remedy: Remedy = { type: 'remove-param', node: id, param: name }
    add(name, {
      code: 'unknown-param',
      severity: 'warning',
      says: `is not known to the type ${node.type}; it is kept, but has no effect`,
      remedy,
    })
  }
  return issues
}

function faultOf(context: CheckContext, node: string, name: string, param: ParamSpec, value: Json): Fault | undefined {
  const reset: Remedy = { type: 'set-param', node, param: name, value: param.default }
  switch (param.kind) {
    case 'number':
      return numberFault(param, value, node, name, reset)
    case 'text':
      return typeof value === 'string' ? undefined : wrongType('text', value, reset)
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrongType('true or false', value, reset)
    case 'choice':
      return choiceFault(param, value, reset)
    case 'model':
      return modelFault(context, node, name, param, value)
    case 'resource':
      if (value === null && param.optional) return undefined
      if (value === null) return { code: 'param-missing', says: 'needs a choice', remedy: { type: 'set-param', node, param: name } }
      if (typeof value === 'string' && /^(data|sample):./.test(value)) return undefined
      return wrongType('registered data or a sample', value, { type: 'set-param', node, param: name })
    case 'json':
      return undefined
    default:
      return param satisfies never
  }
}

const wrongType = (wanted: string, value: Json, remedy: Remedy): Fault => ({
  code: 'param-type',
  says: `should be ${wanted}, not ${show(value)}`,
  remedy,
})

const show = (value: Json): string => JSON.stringify(value).slice(0, 60)

function numberFault(param: ParamSpec & { kind: 'number' }, value: Json, node: string, name: string, reset: Remedy): Fault | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrongType('a number', value, reset)
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = param
  const clamped = Math.min(max, Math.max(min, param.integer ? Math.round(value) : value))
  if (clamped === value) return undefined
  const remedy: Remedy = { type: 'set-param', node, param: name, value: clamped }
  if (value < min) return { code: 'param-range', says: `is ${value}; the least is ${min}`, remedy }
  if (value > max) return { code: 'param-range', says: `is ${value}; the most is ${max}`, remedy }
  return { code: 'param-range', says: `is ${value}; it should be a whole number`, remedy }
}

function choiceFault(param: ParamSpec & { kind: 'choice' }, value: Json, reset: Remedy): Fault | undefined {
  const known = param.options.map((option) => option.value)
  if (known.some((option) => option === value)) return undefined
  return { code: 'param-choice', says: `is ${show(value)}; it should be one of ${known.join(', ')}`, remedy: reset }
}

/** What an OpenAI-compatible server can be asked for. */
const serverGives: ReadonlySet<ModelNeed> = new Set(['text', 'embeddings'])

function modelFault(
  context: CheckContext,
  node: string,
  name: string,
  param: ParamSpec & { kind: 'model' },
  value: Json,
): Fault | undefined {
  const choose: Remedy = { type: 'choose-model', node, param: name }
  if (value === null) return param.optional ? undefined : { code: 'model-unset', says: 'needs a model', remedy: choose }
  const alias = aliasOf(value)
  if (alias === undefined) return wrongType('a model of this graph', value, choose)
  const model = findAlias(context.document.models, alias)
  if (!model) return { code: 'model-alias', says: `names the model “${alias}”, which this graph does not list`, remedy: choose }
  if (model.remote) {
    const needs = [param.needs].flat()
    if (needs.some((need) => serverGives.has(need))) return undefined
    const lacks = needs.map((need) => (need === 'distribution' ? 'distribution over the next token' : need)).join(' or ')
    const says = `names the model ${nameModel(alias, model)}, which runs on a server: a server gives text, and no ${lacks}`
    return { code: 'model-unfit', says, remedy: choose }
  }
  if (!context.library) return undefined
  const found = resolveModel(model, context.library)
  if (!found || !isPresent(found)) {
    const catalog = model.catalog ?? found?.catalog
    const remedy: Remedy =
      found || catalog ? { type: 'pull-model', alias, ...(catalog ? { catalog } : {}) } : { type: 'replace-model', alias }
    return { code: 'model-missing', says: `names the model ${nameModel(alias, model)}, which is not in the library`, remedy }
  }
  if (found.goodFor && !isGoodFor(found.goodFor, param.needs)) {
    const needs = [param.needs].flat().join(' or ')
    return { code: 'model-unfit', says: `names the model ${found.name}, which cannot give ${needs}`, remedy: choose }
  }
  return undefined
}
