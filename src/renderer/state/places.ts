import { enter, type Path, pathTo, rootPath, scopeOf } from '../../shared/graph/focus'
import type { App } from './app'
import { shownPath, shownScope } from './document'
import { selectOnly } from './flow'
import { chooseItem } from './items'
import type { Session } from './session'
import { remember } from './visits'

/** Going in and out of the graphs inside containers. Where the person is, is not part of the document and no step of its history. */

/** Shows the graph inside a container. False where there is none. */
export function goInto(app: App, session: Session, node: string): boolean {
  const state = session.document.getState()
  const path = enter(state.document, shownPath(state), node)
  if (!path) return false
  goTo(app, session, path)
  return true
}

/** One step out; the container that was left is selected. False at the top. */
export function goOut(app: App, session: Session): boolean {
  const path = shownPath(session.document.getState())
  const left = path.at(-1)
  if (!left) return false
  goTo(app, session, path.slice(0, -1))
  selectOnly(session.flow, [left.node])
  return true
}

export function goTo(app: App, session: Session, path: Path): void {
  remember(app, session)
  session.document.setState({ path })
}

/** Shows the graph that an id of a subgraph stands for, wherever a container runs it. */
export function showScope(app: App, session: Session, scope: string | undefined): void {
  const state = session.document.getState()
  if (shownScope(state) !== scope) goTo(app, session, pathTo(state.document, scope) ?? rootPath)
}

/** Selects a node where it is and brings it into view. The canvas of another graph is there one frame later. */
export function showNode(app: App, session: Session, scope: string | undefined, node: string): void {
  showScope(app, session, scope)
  selectAndFit(app, session, node)
}

function selectAndFit(app: App, session: Session, node: string): void {
  selectOnly(session.flow, [node])
  requestAnimationFrame(() => requestAnimationFrame(() => app.canvas?.fit([node])))
}

/** Goes where a path of a run leads, `map/3/answer`: into the containers on the way, to their items, and to the node. */
export function showRunPath(app: App, session: Session, runPath: string): void {
  const { document } = session.document.getState()
  const parts = runPath.split('/')
  const node = parts.pop() ?? ''
  let path: Path = []
  let container = ''
  for (const part of parts) {
    if (/^\d+$/.test(part)) {
      chooseItem(session.items, container.slice(0, -1), Number(part))
    } else path = enter(document, path, part) ?? path
    container += `${part}/`
  }
  if (scopeOf(path) !== shownScope(session.document.getState())) goTo(app, session, path)
  selectAndFit(app, session, node)
}
