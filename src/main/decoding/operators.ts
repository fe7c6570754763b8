import type { Operator } from './operator'

/** All operators, found by their files and checked here: a wrong one stops the start, with its file's name. */
const modules = import.meta.glob(['./operators/*.ts', '!./operators/*.test.ts'], { eager: true, import: 'default' })

export const operators: ReadonlyMap<string, Operator> = gather(modules)

function gather(found: Readonly<Record<string, unknown>>): ReadonlyMap<string, Operator> {
  const all = new Map<string, Operator>()
  for (const [file, operator] of Object.entries(found)) {
    if (!isOperator(operator)) throw new Error(`${file} does not export an operator by default`)
    const { spec } = operator
    if (!file.endsWith(`/${spec.name}.ts`)) throw new Error(`${file}: its operator is called ${spec.name}`)
    if (spec.summary === '' || spec.help === '') throw new Error(`${file}: an operator says what it does`)
    for (const port of Object.keys(spec.inputs)) {
      if (port in spec.params) throw new Error(`${file}: ${port} is both an input and a param`)
    }
    all.set(spec.name, operator)
  }
  return all
}

function isOperator(value: unknown): value is Operator {
  return typeof value === 'object' && value !== null && 'spec' in value && 'work' in value
}
