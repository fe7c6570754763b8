import type { NodeMigration, NodeSpec } from '../node-spec'
import { type Edited, edited } from './diff'
import { formatEndpoint, type GraphBody, type GraphDocument, type GraphNode, parseEndpoint } from './document'
import { has } from './ids'
import { type Issue, nameNode } from './issue'
import type { NodeSpecs } from './specs'

export interface Migrated extends Edited {
  /** what was done, a sentence a node */
  readonly notes: readonly Issue[]
}

/**
 * Takes nodes of older versions to the version of their spec, wires included. A document keeps the versions it was made with until a person upgrades it; a run migrates a copy.
 * `only`: these nodes of `scope`; absent: all nodes everywhere. A node whose spec has no way from its version stays as it is, and a note says so.
 */
export function migrateNodes(
  document: GraphDocument,
  specs: NodeSpecs,
  only?: { readonly scope?: string; readonly nodes: readonly string[] },
): Migrated {
  const notes: Issue[] = []
  const inBody = <Body extends GraphBody>(body: Body, scope: string | undefined): Body => {
    const ids = only ? (only.scope === scope ? only.nodes : []) : Object.keys(body.nodes)
    return ids.reduce((at, id) => migrateNode(at, id, specs, scope, notes), body)
  }
  const root = inBody(document, undefined)
  const subgraphs = Object.entries(document.subgraphs).map(([id, body]) => [id, inBody(body, id)] as const)
  const changed = subgraphs.some(([id, body]) => body !== document.subgraphs[id])
  const next = changed ? { ...root, subgraphs: Object.fromEntries(subgraphs) } : root
  return { ...edited(document, next), notes }
}

function migrateNode<Body extends GraphBody>(body: Body, id: string, specs: NodeSpecs, scope: string | undefined, notes: Issue[]): Body {
  const node = has(body.nodes, id) ? body.nodes[id] : undefined
  const spec = node && specs.get(node.type)
  if (!node || !spec || node.v >= spec.version) return body
  const place = { node: id, ...(scope === undefined ? {} : { scope }) }
  const steps = stepsFrom(spec, node.v)
  if (!steps) {
    const message = `${nameNode(id, node)} is of version ${node.v} of its type, from which no way leads to version ${spec.version}; it stays as it is`
    notes.push({ code: 'node-outdated', severity: 'warning', message, ...place })
    return body
  }
  notes.push({
    code: 'migrated',
    severity: 'info',
    message: `${nameNode(id, node)} was taken from version ${node.v} to ${spec.version}${tell(steps)}`,
    ...place,
  })
  return steps.reduce((at, step) => applyStep(at, id, step), body)
}

/** Migrations from `version` on, one after the other without gaps; undefined where one is missing. */
function stepsFrom(spec: NodeSpec, version: number): NodeMigration[] | undefined {
  const steps: NodeMigration[] = []
  for (let from = version; from < spec.version; from++) {
    const step = spec.migrations?.find((migration) => migration.from === from)
    if (!step) return undefined
    steps.push(step)
  }
  return steps
}

function tell(steps: readonly NodeMigration[]): string {
  const renames = steps.flatMap((step) =>
    [step.renameParams, step.renameInputs, step.renameOutputs].flatMap((names) => Object.entries(names ?? {})),
  )
  return renames.length === 0 ? '' : ` (${renames.map(([before, after]) => `${before} → ${after}`).join(', ')})`
}

function applyStep<Body extends GraphBody>(body: Body, id: string, step: NodeMigration): Body {
  const node = body.nodes[id]
  if (!node) return body
  const inputs = { ...step.renameParams, ...step.renameInputs }
  const rename = (text: string, names: { readonly [old: string]: string } | undefined): string => {
    const end = parseEndpoint(text)
    const fresh = end && end.node === id && names && has(names, end.port) ? names[end.port] : undefined
    return end && fresh !== undefined ? formatEndpoint({ ...end, port: fresh }) : text
  }
  const outputs = Object.entries(body.interface.outputs).map(([name, output]) =>
    output.from === undefined ? ([name, output] as const) : ([name, { ...output, from: rename(output.from, step.renameOutputs) }] as const),
  )
  return {
    ...body,
    nodes: { ...body.nodes, [id]: migratedNode(node, step) },
    wires: body.wires.map((wire) => ({ ...wire, from: rename(wire.from, step.renameOutputs), to: rename(wire.to, inputs) })),
    interface: { ...body.interface, outputs: Object.fromEntries(outputs) },
  }
}

function migratedNode(node: GraphNode, step: NodeMigration): GraphNode {
  const renamed = Object.entries(node.params).map(([name, value]) => {
    const names = step.renameParams ?? {}
    return [has(names, name) ? (names[name] ?? name) : name, value] as const
  })
  const params = { ...Object.fromEntries(renamed), ...step.setParams } as GraphNode['params']
  return { ...node, v: step.from + 1, params }
}
