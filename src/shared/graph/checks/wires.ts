import { meet } from '../../wire'
import { type Endpoint, type GraphWire, parseEndpoint } from '../document'
import { has } from '../ids'
import { type Issue, nameNode, type Remedy } from '../issue'
import { nameEnd } from '../name-end'
import { takesMany } from '../ports'
import { findCycle, sortTopologically } from '../topology'
import { type WireEnds, wireEnds } from '../wire-ends'
import { type CheckContext, issue } from './context'

/** Ends that are not there, kinds that do not meet, too many wires in one port, circles. Each wire has at most one issue of its own. */
export function checkWires(context: CheckContext): Issue[] {
  const alone: Issue[] = []
  for (const ends of wireEnds(context.body)) if (!isRight(context, ends)) alone.push(...checkWire(context, ends))
  return [...alone, ...checkCrowds(context), ...checkCycles(context)]
}

/** Both ends are there, and a value may go from one to the other. */
function isRight({ ports }: CheckContext, { from, to }: WireEnds): boolean {
  if (!from || !to || to.node.startsWith('=')) return false
  const output = ports.get(from.node)?.outputs.get(from.port)
  const input = ports.get(to.node)?.inputs.get(to.port)
  return output !== undefined && input !== undefined && (output.wire === input.wire || meet(output.wire, input.wire).ok)
}

function checkWire(context: CheckContext, { wire, from, to }: WireEnds): Issue[] {
  const output = from && context.ports.get(from.node)?.outputs.get(from.port)
  const input = to && context.ports.get(to.node)?.inputs.get(to.port)
  const meeting = output && input && meet(output.wire, input.wire)
  const cut: Remedy = { type: 'disconnect', from: wire.from, to: wire.to }
  const fault = (code: Issue['code'], message: string, at: Endpoint | undefined, remedy: Remedy = cut): Issue[] => {
    const place = at && has(context.body.nodes, at.node) ? { node: at.node, port: at.port } : {}
    return [issue(context, { code, severity: 'error', message, ...place, wire: { from: wire.from, to: wire.to }, remedy })]
  }
  const label = `the wire from ${nameEnd(wire.from, 'outputs', context.body, context.specs)} to ${nameEnd(wire.to, 'inputs', context.body, context.specs)}`
  if (!from || !to || from.node.startsWith('=') || to.node.startsWith('@')) {
    return fault('wire-malformed', `${label} does not name an output and an input`, to)
  }
  if (to.node.startsWith('=')) return fault('wire-malformed', `${label} should be the “from” of that output in the interface`, undefined)
  if (!input) return fault('wire-dangling', `${label} ends nowhere: ${missing(context, to, 'input')}`, to)
  if (!output) return fault('wire-dangling', `${label} begins nowhere: ${missing(context, from, 'output')}`, to)
  if (!meeting || meeting.ok) return []
  const { converter } = meeting
  const insert: Remedy = converter === undefined ? cut : { type: 'insert-converter', from: wire.from, to: wire.to, nodeType: converter }
  return fault('wire-kind', `${label} does not fit: ${meeting.reason}`, to, insert)
}

function missing(context: CheckContext, end: Endpoint, side: 'input' | 'output'): string {
  if (end.node.startsWith('@')) return `the graph has no input “${end.node.slice(1)}”`
  if (!has(context.body.nodes, end.node)) return `there is no node “${end.node}”`
  return `“${end.node}” has no ${side} “${end.port}”`
}

/** Several wires in a port that takes one, or two in one place of a port that takes many. The first stays. */
function checkCrowds(context: CheckContext): Issue[] {
  const issues: Issue[] = []
  for (const [node, ports] of context.incoming) {
    for (const [name, wires] of ports) {
      const port = context.ports.get(node)?.inputs.get(name)
      if (!port || wires.length < 2) continue
      const [crowd, severity] = takesMany(port) ? [sharingPlace(wires), 'warning' as const] : [wires.slice(1), 'error' as const]
      const label = `“${port.title}” of ${nameNode(node, context.body.nodes[node])}`
      for (const wire of crowd) {
        const message = takesMany(port)
          ? `two wires share the place ${parseEndpoint(wire.to)?.order} of the input ${label}; their order is that of their names`
          : `the input ${label} takes one wire and has ${wires.length}`
        const remedy: Remedy = { type: 'disconnect', from: wire.from, to: wire.to }
        issues.push(
          issue(context, { code: 'wire-duplicate', severity, message, node, port: name, wire: { from: wire.from, to: wire.to }, remedy }),
        )
      }
    }
  }
  return issues
}

function sharingPlace(wires: readonly GraphWire[]): GraphWire[] {
  const seen = new Set<string>()
  return wires.filter((wire) => {
    if (!wire.to.includes('#')) return false
    const taken = seen.has(wire.to)
    seen.add(wire.to)
    return taken
  })
}

/** Blames the wire that came last into the circle: taking it away is what a person most likely wants. */
function checkCycles(context: CheckContext): Issue[] {
  const { topology } = context
  const { stuck } = sortTopologically(topology)
  const circle = findCycle(topology, stuck)
  if (circle.length === 0) return []
  const next = new Map(circle.map((id, i) => [id, circle[(i + 1) % circle.length]]))
  const closing = context.body.wires.findLast((wire) => {
    const from = parseEndpoint(wire.from)?.node
    return from !== undefined && next.has(from) && next.get(from) === parseEndpoint(wire.to)?.node
  })
  const blamed = (closing && parseEndpoint(closing.to)) ?? { node: circle[0] ?? '', port: '' }
  const path = [...circle.slice(0, 12), ...(circle.length > 12 ? ['…'] : []), circle[0]].join(' → ')
  return [
    issue(context, {
      code: 'cycle',
      severity: 'error',
      message: `nodes wait for each other in a circle (${path}); “${blamed.node}” closes it; use a Loop to repeat work`,
      node: blamed.node,
      port: blamed.port,
      ...(closing
        ? { wire: { from: closing.from, to: closing.to }, remedy: { type: 'disconnect', from: closing.from, to: closing.to } }
        : {}),
    }),
  ]
}
