import type { GraphVersion } from '../../shared/api'
import { semanticHash } from '../../shared/graph/canonical'
import { edited } from '../../shared/graph/diff'
import { overlayDiff } from '../../shared/graph/diff-overlay'
import type { GraphDocument } from '../../shared/graph/document'
import { type App, adopt } from '../state/app'
import { currentDocument } from '../state/document'
import { leavePast, lookAt } from '../state/running'
import { editWhole, type Session, undoStep } from '../state/session'
import { toast, toastError } from '../state/view'

/** Looking at versions, comparing them on the canvas, and bringing one back. `undefined` stands for the graph as it is now. */
export type Side = GraphVersion | undefined

/** “@3 before the demo”, “@4”, “now” */
export const nameSide = (side: Side): string =>
  side === undefined ? 'now' : side.automatic || side.name === '' ? `@${side.version}` : `@${side.version} ${side.name}`

export async function documentOf(app: App, session: Session, side: Side): Promise<GraphDocument> {
  if (side === undefined) return currentDocument(session.document)
  return app.client.call('graphs.version', { id: session.id, version: side.version })
}

export async function showVersion(app: App, session: Session, version: GraphVersion): Promise<void> {
  await attempt(app, async () => lookAt(session, await documentOf(app, session, version), { version }))
}

/** Draws both as one, what is gone as ghosts. What changed is brought into view. */
export async function showDiff(app: App, session: Session, from: Side, to: Side): Promise<void> {
  await attempt(app, async () => {
    const [before, after] = await Promise.all([documentOf(app, session, from), documentOf(app, session, to)])
    showDocumentsDiff(app, session, { name: nameSide(from), document: before }, { name: nameSide(to), document: after })
  })
}

export interface Named {
  readonly name: string
  readonly document: GraphDocument
}

export function showDocumentsDiff(app: App, session: Session, from: Named, to: Named): void {
  const overlay = overlayDiff(from.document, to.document, app.catalog.getState().specs)
  lookAt(session, overlay.document, { diff: { from: from.name, to: to.name, overlay } })
  requestAnimationFrame(() => app.canvas?.fit(overlay.nodes.size > 0 ? [...overlay.nodes.keys()] : undefined))
}

/** The graph becomes what it was then, as an edit that can be undone; what it was until now is kept as a version first. */
export async function restoreVersion(app: App, session: Session, version: GraphVersion): Promise<void> {
  await attempt(app, async () => {
    const document = await documentOf(app, session, version)
    await leavePast(app, session)
    await session.autosave.settled()
    const [last] = await app.client.call('graphs.versions', { id: session.id })
    const now = currentDocument(session.document)
    if (last?.semanticHash !== semanticHash(now)) await save(app, session, `Before going back to @${version.version}`)
    if (!editWhole(session, `Go back to @${version.version}`, (before) => edited(before, { ...document, id: before.id }))) {
      toast(app.view, 'info', `The graph already is as in @${version.version}.`)
      return
    }
    const saved = await save(app, session, `As in @${version.version}`)
    toast(app.view, 'good', `The graph is again as in @${version.version}; saved as @${saved.version}.`, {
      action: { label: 'Undo', run: () => void undoStep(session) },
    })
  })
}

export async function copyVersion(app: App, session: Session, version: GraphVersion): Promise<void> {
  await attempt(app, async () => {
    const document = await documentOf(app, session, version)
    const name = `${document.name || 'Untitled'} (@${version.version})`
    await adopt(app, await app.client.call('graphs.import', { text: JSON.stringify({ ...document, name }) }))
  })
}

/** A named version of the graph as it is now. */
export async function save(app: App, session: Session, name: string): Promise<GraphVersion> {
  await session.autosave.settled()
  return app.client.call('graphs.saveVersion', { id: session.id, name: name.slice(0, 200) })
}

async function attempt(app: App, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    toastError(app.view, error)
  }
}
