import { freshId, slugify } from './ids'
import type { Issue } from './issue'

type Draft = { [key: string]: unknown }

const isObject = (value: unknown): value is Draft => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A key that is no slug (`a b`, `1.5`, the empty string) gets one, and everything that pointed to it follows. */
export function renameKey(draft: Draft, path: readonly string[], issues: Issue[]): void {
  const owner = path.slice(0, -1).reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), draft)
  const old = path.at(-1)
  if (!isObject(owner) || old === undefined || !Object.hasOwn(owner, old)) return
  const collection = path.at(-2) ?? ''
  const fresh = freshId(slugify(old, collection.replace(/s$/, '') || 'item'), (id) => Object.hasOwn(owner, id))
  owner[fresh] = owner[old]
  delete owner[old]
  const inSubgraph = path[0] === 'subgraphs' && path.length > 2
  const body = inSubgraph && isObject(draft.subgraphs) ? draft.subgraphs[path[1] ?? ''] : draft
  if (isObject(body)) follow(draft, body, collection, old, fresh)
  issues.push({
    code: 'renamed',
    severity: 'warning',
    message: `${path.slice(0, -1).join('.')} had an entry “${old.slice(0, 80)}”, which is no valid id; it is now “${fresh}”, and what pointed to it follows`,
    ...(inSubgraph ? { scope: path[1] } : {}),
    ...(collection === 'nodes' ? { node: fresh } : {}),
  } as Issue)
}

function follow(draft: Draft, body: Draft, collection: string, old: string, fresh: string): void {
  if (collection === 'nodes') {
    const moved = (end: unknown): unknown =>
      typeof end === 'string' && end.startsWith(`${old}.`) ? `${fresh}${end.slice(old.length)}` : end
    rewireEnds(body, moved)
    renameLayout(body, old, fresh)
  } else if (collection === 'inputs') {
    rewireEnds(body, (end) => (end === `@${old}` ? `@${fresh}` : end))
    renameLayout(body, `@${old}`, `@${fresh}`)
  } else if (collection === 'outputs') renameLayout(body, `=${old}`, `=${fresh}`)
  else if (collection === 'models') replaceInNodes(draft, 'params', `model:${old}`, `model:${fresh}`)
  else if (collection === 'subgraphs') replaceInNodes(draft, 'subgraph', old, fresh)
}

function rewireEnds(body: Draft, moved: (end: unknown) => unknown): void {
  for (const wire of Array.isArray(body.wires) ? body.wires : []) {
    if (!isObject(wire)) continue
    if ('from' in wire) wire.from = moved(wire.from)
    if ('to' in wire) wire.to = moved(wire.to)
  }
  const outputs = isObject(body.interface) ? body.interface.outputs : undefined
  for (const output of isObject(outputs) ? Object.values(outputs) : [])
    if (isObject(output) && 'from' in output) output.from = moved(output.from)
}

function renameLayout(body: Draft, old: string, fresh: string): void {
  const ui = isObject(body.ui) ? body.ui : {}
  if (isObject(ui.nodes) && Object.hasOwn(ui.nodes, old)) {
    ui.nodes[fresh] = ui.nodes[old]
    delete ui.nodes[old]
  }
  for (const frame of Array.isArray(ui.frames) ? ui.frames : []) {
    if (isObject(frame) && Array.isArray(frame.nodes)) frame.nodes = frame.nodes.map((id) => (id === old ? fresh : id))
  }
}

/** `member` of every node, in every body: a string equal to `old`, or such a string among its values, becomes `fresh`. */
function replaceInNodes(draft: Draft, member: string, old: string, fresh: string): void {
  const bodies = [draft, ...(isObject(draft.subgraphs) ? Object.values(draft.subgraphs) : [])]
  for (const body of bodies) {
    const nodes = isObject(body) && isObject(body.nodes) ? Object.values(body.nodes) : []
    for (const node of nodes) {
      if (!isObject(node)) continue
      const value = node[member]
      if (value === old) node[member] = fresh
      else if (isObject(value)) for (const key of Object.keys(value)) if (value[key] === old) value[key] = fresh
    }
  }
}
