import type { NodeSpec } from '../../node-spec'
import { coercions } from '../../wire'
import type { GraphNode } from '../document'
import { has } from '../ids'
import { type Issue, nameNode } from '../issue'
import { graphLimits } from '../limits'
import { innerInterface, portsOf, slotNames } from '../ports'
import { type CheckContext, isFed, issue } from './context'
import { checkParams } from './params'

/** Types, versions, params, open inputs, containers and policies of all nodes. */
export function checkNodes(context: CheckContext): Issue[] {
  const found: Issue[] = []
  for (const [id, node] of Object.entries(context.body.nodes)) {
    const spec = context.specs.get(node.type)
    if (!spec || node.v > spec.version) {
      found.push(ghost(context, id, node, spec))
      continue
    }
    if (node.v < spec.version) found.push(outdated(context, id, node, spec))
    if (!node.muted) for (const check of checksOfNode) found.push(...check(context, id, node, spec))
  }
  return found
}

function ghost(context: CheckContext, id: string, node: GraphNode, spec: NodeSpec | undefined): Issue {
  if (spec) {
    const message = `the node ${nameNode(id, node)} is of ${node.type} version ${node.v}; this application has version ${spec.version}`
    return issue(context, { code: 'node-newer', severity: 'error', message, node: id })
  }
  const near = nearest(node.type, [...context.specs.keys()])
  const message = `the node ${nameNode(id, node)} is of the unknown type “${node.type}”; it is kept as it is, but cannot run`
  return issue(context, {
    code: 'unknown-type',
    severity: 'error',
    message,
    node: id,
    remedy: near === undefined ? { type: 'remove-node', node: id } : { type: 'replace-node', node: id, nodeType: near },
  })
}

function outdated(context: CheckContext, id: string, node: GraphNode, spec: NodeSpec): Issue {
  const message = `the node ${nameNode(id, node)} is of version ${node.v} of its type; version ${spec.version} is there`
  return issue(context, { code: 'node-outdated', severity: 'info', message, node: id, remedy: { type: 'upgrade-node', node: id } })
}

function checkPortCount(context: CheckContext, id: string, node: GraphNode, spec: NodeSpec): Issue[] {
  if (spec.slots === undefined && spec.container === undefined) return []
  const inner = innerInterface(node, spec, context.document)
  const counts = [slotNames(node, spec).length, Object.keys(inner?.inputs ?? {}).length, Object.keys(inner?.outputs ?? {}).length]
  const most = Math.max(...counts)
  if (most <= graphLimits.ports) return []
  const message = `the node ${nameNode(id, node)} would have ${most} ports; the first ${graphLimits.ports} are there`
  return [issue(context, { code: 'too-many-ports', severity: 'error', message, node: id })]
}

/** Inputs that need a wire and have none. A bypassed node hands through what it gets, so it needs nothing. */
function checkInputs(context: CheckContext, id: string, node: GraphNode, spec: NodeSpec): Issue[] {
  if (node.bypassed) return []
  const found: Issue[] = []
  for (const port of portsOf(node, spec, context.document).inputs.values()) {
    if ((port.arity !== 'one' && port.arity !== 'some') || isFed(context, id, port.name)) continue
    found.push(
      issue(context, {
        code: 'input-open',
        severity: 'error',
        message: `the input “${port.title}” of ${nameNode(id, node)} needs a ${coercions.text?.includes(port.wire) ? 'text or ' : ''}${port.wire} wire`,
        node: id,
        port: port.name,
        remedy: { type: 'connect', to: `${id}.${port.name}`, kind: port.wire },
      }),
    )
  }
  return found
}

function checkContainer(context: CheckContext, id: string, node: GraphNode, spec: NodeSpec): Issue[] {
  if (spec.container === undefined) return []
  if (node.subgraph !== undefined && has(context.document.subgraphs, node.subgraph)) return []
  const message =
    node.subgraph === undefined
      ? `the node ${nameNode(id, node)} has no inner graph to run`
      : `the inner graph “${node.subgraph}” of ${nameNode(id, node)} is not in the file`
  return [issue(context, { code: 'subgraph-missing', severity: 'error', message, node: id })]
}

function checkPolicy(context: CheckContext, id: string, node: GraphNode, spec: NodeSpec): Issue[] {
  if (node.policy?.onError !== 'default') return []
  const defaults = node.policy.defaults ?? {}
  const read = readPortsOf(context, id)
  return [...portsOf(node, spec, context.document).outputs.values()]
    .filter(({ name }) => read.has(name) && !has(defaults, name))
    .map(({ name, title }) =>
      issue(context, {
        code: 'policy-default',
        severity: 'error',
        message: `${nameNode(id, node)} falls back to a default when it fails, but none is given for its output “${title}”`,
        node: id,
        port: name,
      }),
    )
}

const checksOfNode = [checkPortCount, checkParams, checkContainer, checkInputs, checkPolicy] as const

/** The outputs of a node that a wire or an output of the graph reads. */
function readPortsOf({ body }: CheckContext, id: string): Set<string> {
  const ends = [...body.wires.map(({ from }) => from), ...Object.values(body.interface.outputs).map(({ from }) => from ?? '')]
  return new Set(ends.flatMap((end) => (end.startsWith(`${id}.`) ? [end.slice(id.length + 1)] : [])))
}

/** The known name with the smallest edit distance, if it is close enough to be a slip. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.slice(0, 64)
  const most = Math.max(2, wanted.length / 3)
  let best: { name: string; distance: number } | undefined
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) > most) continue
    const distance = editDistance(wanted, candidate)
    if (!best || distance < best.distance) best = { name: candidate, distance }
  }
  return best && best.distance <= most ? best.name : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
