import type { InputPort, NodeSpec } from '../node-spec'
import { canonicalParams } from './content-key'
import type { GraphBody, GraphNode } from './document'
import type { Sources } from './sources'
import type { NodeSpecs } from './specs'

/** What the readers of a node's outputs ask of them, by output; an output of which somebody may want everything is left out. */
export type Asked = { readonly [output: string]: readonly string[] }

/**
 * What is asked of every node that heeds it, wherever in the body its readers are: the same whichever part of the graph runs. A reader that says nothing,
 * an output of the graph, or no reader at all: everything is wanted.
 */
export function askedOf(body: GraphBody, specs: NodeSpecs, sources: Sources): ReadonlyMap<string, Asked> {
  if (!isHeeded(body, specs)) return new Map()
  const asked = new Map<string, Map<string, Set<string> | 'all'>>()
  const ask = (node: string, output: string, what: readonly string[] | undefined): void => {
    if (specs.get(body.nodes[node]?.type ?? '')?.outputs[output]?.heedsAsked !== true) return
    const outputs = asked.get(node) ?? new Map<string, Set<string> | 'all'>()
    asked.set(node, outputs)
    const before = outputs.get(output)
    if (what === undefined || before === 'all') outputs.set(output, 'all')
    else outputs.set(output, new Set([...(before ?? []), ...what]))
  }
  for (const [reader, ports] of sources.ofNode) {
    const node = body.nodes[reader]
    const spec = node && specs.get(node.type)
    if (!spec) continue
    for (const [port, found] of ports)
      for (const source of found) if (source.kind === 'node') ask(source.node, source.port, asksOf(node, spec, spec.inputs[port], ports))
  }
  for (const source of sources.outputs.values()) if (source.kind === 'node') ask(source.node, source.port, undefined)
  return new Map(
    [...asked].map(([node, outputs]) => [
      node,
      Object.fromEntries([...outputs].flatMap(([output, what]) => (what === 'all' ? [] : [[output, [...what].sort()]]))),
    ]),
  )
}

/** Whether any node of the body heeds what is asked: in most none does. */
function isHeeded(body: GraphBody, specs: NodeSpecs): boolean {
  for (const id in body.nodes) {
    const outputs = specs.get(body.nodes[id]!.type)?.outputs
    for (const name in outputs) if (outputs[name]!.heedsAsked === true) return true
  }
  return false
}

function asksOf(
  node: GraphNode,
  spec: NodeSpec,
  port: InputPort | undefined,
  fed: ReadonlyMap<string, unknown>,
): readonly string[] | undefined {
  const asks = port?.asks
  if (asks === undefined || 'all' in asks) return asks?.all
  // a wire may bring any value
  if (fed.has(asks.param)) return undefined
  return asks.by[String(canonicalParams(node, spec)[asks.param])] ?? []
}
