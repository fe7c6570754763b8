import type { GraphBody } from './document'
import type { Source, Sources } from './sources'
import type { NodeSpecs } from './specs'
import { Links, reach, sortTopologically, type Topology, topologyOf } from './topology'

/** What a run is asked for. Nothing: all outputs of the interface (all last nodes, where it has none) and every node that writes to the world. */
export interface Targets {
  /** these nodes and what they need */
  readonly to?: readonly string[]
  /** these nodes and all that follows; what they read comes from an earlier run */
  readonly from?: readonly string[]
  /** these nodes alone; what they read comes from an earlier run */
  readonly only?: readonly string[]
}

export interface Selection {
  /** nodes that become steps, given ones included, in the order of the file */
  readonly nodes: readonly string[]
  /** of these, the ones whose values come from an earlier run */
  readonly given: ReadonlySet<string>
  readonly kept: ReadonlySet<string>
  /** nodes that a person wants to see the result of */
  readonly visible: ReadonlySet<string>
  readonly skipped: readonly { readonly node: string; readonly reason: string }[]
}

export function selectTargets(body: GraphBody, specs: NodeSpecs, sources: Sources, targets: Targets): Selection {
  const ids = Object.keys(body.nodes).filter((id) => !body.nodes[id]?.bypassed)
  const links = sources.areAsDrawn ? topologyOf(body) : linksOf(ids, sources)
  const stopped = findStopped(ids, body, specs, sources, links)
  const wanted = wantedBy(ids, body, specs, sources, links, targets)
  const given = new Set<string>()
  for (const id of targets.from || targets.only ? wanted.run : []) {
    for (const source of links.sources.get(id) ?? []) if (!wanted.run.has(source)) given.add(source)
  }
  const nodes = ids.filter((id) => given.has(id) || (wanted.run.has(id) && !stopped.has(id)))
  const bypassed = Object.keys(body.nodes).filter((id) => body.nodes[id]?.bypassed)
  const skipped = [
    ...ids.filter((id) => wanted.run.has(id) && stopped.has(id)).map((node) => ({ node, reason: stopped.get(node) ?? '' })),
    ...bypassed.map((node) => ({ node, reason: 'bypassed: its input passes through' })),
  ]
  return { nodes, given, kept: new Set(nodes), visible: new Set(wanted.visible.filter((id) => !stopped.has(id))), skipped }
}

function linksOf(ids: readonly string[], { ofNode }: Sources): Topology {
  const links = new Links(ids)
  for (const id of ids) {
    for (const found of ofNode.get(id)?.values() ?? []) for (const source of found) if (source.kind === 'node') links.add(source.node, id)
  }
  return links
}

function wantedBy(ids: readonly string[], body: GraphBody, specs: NodeSpecs, sources: Sources, links: Topology, targets: Targets) {
  const known = (list: readonly string[]): string[] => list.filter((id) => links.sources.has(id))
  if (targets.only) return { run: new Set(known(targets.only)), visible: known(targets.only) }
  if (targets.from) {
    const run = reach(known(targets.from), links.readers)
    // What the followers need besides, and no earlier run can give more surely than running it, stays given too.
    return { run, visible: ids.filter((id) => run.has(id) && (links.readers.get(id)?.size ?? 0) === 0) }
  }
  const ends = targets.to ? known(targets.to) : outputNodes(ids, body, specs, sources, links)
  return { run: reach(ends, links.sources), visible: ends }
}

function outputNodes(ids: readonly string[], body: GraphBody, specs: NodeSpecs, sources: Sources, links: Topology): string[] {
  const ofInterface = Array.from(sources.outputs.values()).flatMap((source: Source) => (source.kind === 'node' ? [source.node] : []))
  const writers = ids.filter((id) => specs.get(body.nodes[id]?.type ?? '')?.effect === 'writes-world')
  const last = Object.keys(body.interface.outputs).length === 0 ? ids.filter((id) => (links.readers.get(id)?.size ?? 0) === 0) : []
  return [...new Set([...ofInterface, ...writers, ...last])]
}

/** Nodes that cannot run, with the reason; what reads one of them cannot run either. */
function findStopped(ids: readonly string[], body: GraphBody, specs: NodeSpecs, sources: Sources, links: Topology): Map<string, string> {
  const stopped = new Map<string, string>()
  for (const id of ids) {
    const node = body.nodes[id]
    const spec = specs.get(node?.type ?? '')
    if (node?.muted) stopped.set(id, 'muted')
    else if (!spec || spec.version < (node?.v ?? 0)) stopped.set(id, 'its type is unknown here')
    else if (sources.broken.has(id)) stopped.set(id, sources.broken.get(id) ?? '')
  }
  for (const id of sortTopologically(links).stuck) if (!stopped.has(id)) stopped.set(id, 'it waits for itself in a circle')
  const stack = [...stopped.keys()]
  while (stack.length > 0) {
    const id = stack.pop() ?? ''
    for (const reader of links.readers.get(id) ?? []) {
      if (stopped.has(reader)) continue
      stopped.set(reader, `needs “${id}”, which does not run`)
      stack.push(reader)
    }
  }
  return stopped
}
