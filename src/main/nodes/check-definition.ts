import { formulaParams, hasStrayBraces } from '../../shared/formula'
import type { NodeSpec, ParamSpec } from '../../shared/node-spec'
import { wireKinds } from '../../shared/wire'
import type { NodeDefinition } from '../node-runtime'

const slug = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/

/** Everything that is wrong with a definition, as sentences without the file's name; an empty list means that it may enter the catalog. */
export function checkDefinition(definition: unknown, knownSystems: ReadonlySet<string>): string[] {
  if (!isDefinition(definition)) return ['is no node: export default defineNode(spec, run)']
  const { spec } = definition
  return [
    ...checkNames(spec),
    ...checkSerialisable(spec),
    ...checkPorts(spec),
    ...Object.entries(spec.params).flatMap(([name, param]) => checkParam(spec, name, param)),
    ...(spec.systems ?? [])
      .filter((id) => !knownSystems.has(id))
      .map((id) => `names the system "${id}", which resources/systems.json has not`),
    ...checkFormulas(spec),
    ...checkMigrations(spec),
  ]
}

function isDefinition(value: unknown): value is NodeDefinition {
  if (typeof value !== 'object' || value === null) return false
  const { spec, run } = value as { spec?: { params?: unknown; inputs?: unknown; outputs?: unknown }; run?: unknown }
  return (
    typeof run === 'function' &&
    [spec, spec?.params, spec?.inputs, spec?.outputs].every((part) => typeof part === 'object' && part !== null)
  )
}

function checkNames(spec: NodeSpec): string[] {
  const problems: string[] = []
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(spec.type)) problems.push(`has the type "${spec.type}", which is not kebab-case`)
  if (!Number.isInteger(spec.version) || spec.version < 1) problems.push(`has version ${spec.version}; versions count from 1`)
  if (!spec.title.trim()) problems.push('has no title')
  if (!spec.summary.trim()) problems.push('has no summary')
  if (spec.face !== undefined && spec.params[spec.face] === undefined)
    problems.push(`shows "${spec.face}" on its face, which is not a param`)
  return problems
}

/** JSON round trip: a spec travels to the window as JSON, so nothing may get lost on the way (undefined, functions, NaN, -0). */
function checkSerialisable(spec: NodeSpec): string[] {
  const seen = new Set<string>()
  const walk = (value: unknown, path: string): void => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) seen.add(path)
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        walk(item, `${path}[${index}]`)
      })
    } else if (typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) walk(member, `${path}.${key}`)
    } else seen.add(path)
  }
  walk(spec, 'spec')
  return [...seen].map((path) => `has a spec that JSON cannot hold: ${path}`)
}

function checkPorts(spec: NodeSpec): string[] {
  const problems: string[] = []
  for (const [side, ports] of [
    ['input', spec.inputs],
    ['output', spec.outputs],
  ] as const) {
    for (const [name, port] of Object.entries(ports)) {
      if (!slug.test(name)) problems.push(`has an ${side} "${name}", which is not a plain name`)
      if (!(port.wire in wireKinds)) problems.push(`has an ${side} "${name}" of the unknown wire kind "${port.wire}"`)
      if (!port.summary.trim()) problems.push(`has an ${side} "${name}" without a summary`)
    }
  }
  for (const name of Object.keys(spec.params)) {
    if (spec.inputs[name]) problems.push(`calls both an input and a param "${name}"`)
    if (!slug.test(name)) problems.push(`has a param "${name}", which is not a plain name`)
  }
  if (spec.outputs.error) problems.push('has an output "error", a name that the error wire of every node keeps for itself')
  if (spec.slots && spec.params[spec.slots.param]?.kind !== 'text')
    problems.push(`reads slots from "${spec.slots.param}", which is not a text param`)
  const kindFrom = spec.outputKindFrom
  if (kindFrom && (!spec.outputs[kindFrom.output] || spec.params[kindFrom.param]?.kind !== 'choice'))
    problems.push(`takes the kind of output "${kindFrom.output}" from "${kindFrom.param}"; one of the two is missing or no choice`)
  return problems
}

function checkParam(spec: NodeSpec, name: string, param: ParamSpec): string[] {
  const problems: string[] = []
  const complain = (what: string) => problems.push(`has a param "${name}" ${what}`)
  if (!param.summary.trim()) complain('without a summary')
  if (param.kind === 'number') {
    if (param.min !== undefined && param.default < param.min) complain(`whose default ${param.default} is below its minimum ${param.min}`)
    if (param.max !== undefined && param.default > param.max) complain(`whose default ${param.default} is above its maximum ${param.max}`)
    if (param.integer && !Number.isInteger(param.default)) complain(`whose default ${param.default} is not whole`)
  }
  if (param.kind === 'choice') {
    const values = param.options.map((option) => option.value)
    if (!values.includes(param.default)) complain(`whose default "${param.default}" is not among its options`)
    if (new Set(values).size < values.length) complain('with an option twice')
  }
  if (param.when) {
    const other = spec.params[param.when.param]
    if (!other) complain(`shown when "${param.when.param}" has a value, which is not a param`)
    else if (other.kind === 'choice') {
      const values: readonly unknown[] = other.options.map((option) => option.value)
      for (const value of param.when.in)
        if (!values.includes(value)) complain(`shown for "${String(value)}", which "${param.when.param}" never is`)
    }
  }
  return problems
}

function checkFormulas(spec: NodeSpec): string[] {
  const options = Object.values(spec.params).flatMap((param) => (param.kind === 'choice' ? param.options : []))
  return [spec.formula, ...options.map((option) => option.formula)].flatMap((formula) =>
    formula === undefined
      ? []
      : [
          ...(hasStrayBraces(formula) ? [`has a formula with braces that stand for nothing: ${formula}`] : []),
          ...formulaParams(formula)
            .filter((param) => spec.params[param] === undefined)
            .map((param) => `has a formula with {${param}}, which is not a param`),
        ],
  )
}

function checkMigrations(spec: NodeSpec): string[] {
  const from = (spec.migrations ?? []).map((migration) => migration.from)
  const expected = Array.from({ length: spec.version - 1 }, (_, index) => index + 1)
  return from.join() === expected.join()
    ? []
    : [`has migrations from versions [${from.join(', ')}]; version ${spec.version} needs [${expected.join(', ')}]`]
}
