import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { reach, topologyOf } from '../../shared/graph/topology'
import type { RunState } from '../../shared/run/fold'
import type { OutlineToken } from '../../shared/trace/trace'
import { sizeOf } from '../canvas/flow-mapping'
import type { App } from '../state/app'
import { startRun } from '../state/running'
import { edit, type Session, shownIn } from '../state/session'
import { forkNode, placeBelow } from './fork'

/**
 * Makes a branch and runs it at once: one step of the history. The branch alone is computed; what the run on screen has made comes along
 * from the store, under its seed, so that all can be read side by side. Returns the new node.
 */
export function forkAt(
  app: App,
  session: Session,
  {
    node,
    tokens,
    at,
    choice,
  }: { readonly node: string; readonly tokens: readonly OutlineToken[]; readonly at: number; readonly choice: string },
): string | undefined {
  const document = shownIn(session)
  const original = document.nodes[node]
  if (!original) return undefined
  const title = original.title ?? app.catalog.getState().specs.get(original.type)?.title ?? original.type
  const boxes = session.flow
    .getState()
    .nodes.filter(({ type }) => type !== 'note' && type !== 'frame')
    .map((each) => ({ id: each.id, ...each.position, ...sizeOf(each) }))
  const card = boxes.find(({ id }) => id === node) ?? { x: 0, y: 0, width: 280, height: 160 }
  const place = placeBelow(
    card,
    boxes.filter(({ id }) => id !== node),
  )
  let id: string | undefined
  const changed = edit(session, `Fork at token ${at + 1}`, (before) => {
    const forked = forkNode(before, { node, title, tokens, at, choice, place })
    id = forked.id
    return forked
  })
  if (!changed || id === undefined) return undefined
  const run = session.run.getState().state
  void startRun(app, session, { to: [...storedNodes(document, app.catalog.getState().specs, run), id], seed: run.seed })
  return id
}

/** Nodes with a result that the store gives back for the same seed: nothing above them acts on the world or draws a fresh seed. */
function storedNodes(document: GraphDocument, specs: NodeSpecs, run: RunState): string[] {
  const { sources } = topologyOf(document)
  const isStored = (id: string): boolean => {
    const node = document.nodes[id]
    return node !== undefined && node.seed !== null && specs.get(node.type)?.effect === 'pure'
  }
  const hasResult = (id: string): boolean => ['done', 'cached'].includes(run.nodes[id]?.phase ?? '')
  return Object.keys(document.nodes).filter((id) => hasResult(id) && [...reach([id], sources)].every(isStored))
}
