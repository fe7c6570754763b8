import { TributaryError } from '../../shared/errors'
import { nearestName } from '../../shared/nearest-name'
import { createCatalog } from '../nodes/catalog'
import type { GlobalOptions } from './options'
import { printData, printJson, table } from './output'

export async function list(globals: GlobalOptions): Promise<number> {
  const specs = createCatalog().specs()
  if (globals.json) printJson(specs)
  else printData(table([['type', 'family', 'what it does'], ...specs.map((spec) => [spec.type, spec.family, spec.summary])]))
  return 0
}

export async function show(type: string, globals: GlobalOptions): Promise<number> {
  const specs = createCatalog().specs()
  const spec = specs.find((candidate) => candidate.type === type)
  if (!spec) {
    const nearest = nearestName(
      type,
      specs.map((candidate) => candidate.type),
    )
    throw new TributaryError('not-found', `There is no node type “${type}”.`, nearest ? { hint: `Did you mean “${nearest}”?` } : {})
  }
  if (globals.json) {
    printJson(spec)
    return 0
  }
  const ports = (entries: Readonly<Record<string, { wire: string; summary: string }>>) =>
    Object.entries(entries).map(([name, port]) => [`  ${name}`, port.wire, port.summary])
  const params = Object.entries(spec.params).map(([name, param]) => [
    `  ${name}`,
    `${param.kind}, default ${JSON.stringify(param.default)}`,
    param.summary,
  ])
  const choices = Object.entries(spec.params).flatMap(([name, param]) => {
    const told = param.kind === 'choice' ? param.options.filter(({ summary }) => summary) : []
    const lines = told.map(
      ({ title, summary, help, paper }) => `- ${[`${title}: ${summary}`, help, paper && `(${paper})`].filter(Boolean).join(' ')}`,
    )
    return lines.length > 0 ? ['', `Choices of ${name}`, ...lines] : []
  })
  printData(
    [
      `${spec.title} (${spec.type}, version ${spec.version})`,
      spec.summary,
      ...(spec.paper ? [`Paper: ${spec.paper}`] : []),
      ...(spec.formula ? ['', spec.formula] : []),
      ...(spec.help ? ['', spec.help] : []),
      '\nInputs',
      table(ports(spec.inputs)) || '  none',
      '\nOutputs',
      table(ports(spec.outputs)) || '  none',
      '\nParams',
      table(params) || '  none',
      ...choices,
    ].join('\n'),
  )
  return 0
}
