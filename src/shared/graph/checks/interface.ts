import { wireSchemas } from '../../value'
import { meet } from '../../wire'
import { formatEndpoint, parseEndpoint } from '../document'
import { type Issue, nameNode } from '../issue'
import { reach } from '../topology'
import { type CheckContext, issue } from './context'

/** What the graph shows to the outside: outputs that come from somewhere, inputs that go somewhere, defaults of the right type. */
export function checkInterface(context: CheckContext): Issue[] {
  const lame = findLame(context)
  const outputs = Object.entries(context.body.interface.outputs).flatMap(([name, { from, type }]) =>
    checkOutput(context, name, type, from, lame),
  )
  return [...outputs, ...checkInputs(context), ...checkReach(context)]
}

function checkOutput(context: CheckContext, name: string, type: keyof typeof wireSchemas, from: string | undefined, lame: Lame): Issue[] {
  const place = { node: `=${name}`, port: '' }
  const fault = (code: Issue['code'], severity: Issue['severity'], message: string, more: Partial<Issue> = {}): Issue[] => [
    issue(context, { code, severity, message, ...place, ...more }),
  ]
  if (from === undefined) {
    return fault('output-open', 'warning', `the output “${name}” of the graph has no wire`, {
      remedy: { type: 'connect', to: `=${name}`, kind: type },
    })
  }
  const wire = { from, to: `=${name}` }
  const end = parseEndpoint(from)
  const output = end && context.ports.get(end.node)?.outputs.get(end.port)
  const cut = { wire, remedy: { type: 'disconnect' as const, ...wire } }
  if (!output)
    return fault('output-dangling', 'error', `the output “${name}” of the graph comes from ${from.slice(0, 80)}, which is not there`, cut)
  const meeting = meet(output.wire, type)
  if (!meeting.ok) return fault('output-kind', 'error', `the output “${name}” of the graph does not fit its wire: ${meeting.reason}`, cut)
  return checkReachable(context, name, end.node, lame)
}

/** An output that can never come, because something upstream is muted or cannot run. */
function checkReachable(context: CheckContext, name: string, from: string, lame: Lame): Issue[] {
  const stopped = lame.get(from)
  if (stopped === undefined) return []
  const node = context.body.nodes[stopped]
  const why = node?.muted ? 'is muted' : 'cannot run'
  const message = `the output “${name}” of the graph will not come: ${nameNode(stopped, node)} ${why}`
  return [issue(context, { code: 'output-unreachable', severity: 'warning', message, node: `=${name}`, port: '' })]
}

/** node → a muted or unknown node that it waits for, itself included */
type Lame = ReadonlyMap<string, string>

function findLame(context: CheckContext): Lame {
  const lame = new Map<string, string>()
  for (const [id, node] of Object.entries(context.body.nodes)) {
    if (!node.muted && context.specs.has(node.type)) continue
    for (const reader of reach([id], context.topology.readers, lame)) lame.set(reader, id)
  }
  return lame
}

function checkInputs(context: CheckContext): Issue[] {
  const used = new Set(context.body.wires.map(({ from }) => from))
  for (const { from } of Object.values(context.body.interface.outputs)) if (from !== undefined) used.add(from)
  return Object.entries(context.body.interface.inputs).flatMap(([name, input]) => {
    const place = { node: `@${name}`, port: '' }
    const issues: Issue[] = []
    if (input.default !== undefined && !wireSchemas[input.type].safeParse(input.default).success) {
      const message = `the default of the input “${name}” is no ${input.type}`
      issues.push(issue(context, { code: 'input-default', severity: 'error', message, ...place }))
    }
    if (!used.has(`@${name}`)) {
      issues.push(issue(context, { code: 'input-unused', severity: 'info', message: `the input “${name}” feeds nothing`, ...place }))
    }
    return issues
  })
}

/** Nodes whose work nobody sees. Without any output in the interface, the last nodes are what a person wants to see. */
function checkReach(context: CheckContext): Issue[] {
  const outputs = Object.values(context.body.interface.outputs)
  const ids = Object.keys(context.body.nodes)
  if (outputs.length === 0) {
    if (ids.length === 0) return []
    const message = 'the graph has no output; a run computes every node that nothing reads'
    const from = lastOutput(context, ids)
    const remedy = from === undefined ? {} : { remedy: { type: 'add-output' as const, from } }
    return [issue(context, { code: 'no-outputs', severity: context.scope === undefined ? 'info' : 'warning', message, ...remedy })]
  }
  const ends = outputs.flatMap(({ from }) => (from === undefined ? [] : [parseEndpoint(from)?.node ?? '']))
  const seen = reach(ends, context.topology.sources)
  return ids
    .filter((id) => !seen.has(id) && context.specs.get(context.body.nodes[id]?.type ?? '')?.effect !== 'writes-world')
    .map((id) => {
      const message = `${nameNode(id, context.body.nodes[id])} feeds no output of the graph; it runs only when asked for`
      return issue(context, { code: 'unused-node', severity: 'info', message, node: id })
    })
}

/** The first output of the last node that nothing reads: what a person most likely wants to see. */
function lastOutput(context: CheckContext, ids: readonly string[]): string | undefined {
  const node = ids.findLast((id) => (context.topology.readers.get(id)?.size ?? 0) === 0 && (context.ports.get(id)?.outputs.size ?? 0) > 0)
  const [port] = context.ports.get(node ?? '')?.outputs.keys() ?? []
  return node === undefined || port === undefined ? undefined : formatEndpoint({ node, port })
}
