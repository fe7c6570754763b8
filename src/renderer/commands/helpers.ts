import { framePrefix, notePrefix } from '../canvas/flow-mapping'
import { type App, activeSession } from '../state/app'
import { type Session, shownIn } from '../state/session'

/** What commands ask before they act. */
export const hasGraph = (app: App): boolean => activeSession(app) !== undefined
export const canEdit = (app: App): boolean => activeSession(app)?.document.getState().readOnly === false

export const selectedItems = (app: App): readonly string[] => activeSession(app)?.flow.getState().selectedNodes ?? []
/** What is selected, with what stands in selected frames: a frame is muted, run and arranged as a unit. */
export function itemsWithin(app: App): readonly string[] {
  const items = selectedItems(app)
  const session = activeSession(app)
  if (!session || !items.some((id) => id.startsWith(framePrefix))) return items
  const { frames } = shownIn(session).ui
  return [...new Set(items.flatMap((id) => [id, ...(frames.find((frame) => framePrefix + frame.id === id)?.nodes ?? [])]))]
}
/** ids of real nodes among what is selected, those in selected frames too */
export const selectedNodes = (app: App): string[] => itemsWithin(app).filter(isNode)
export const hasSelection = (app: App): boolean => canEdit(app) && selectedNodes(app).length > 0
export const hasItems = (app: App): boolean =>
  canEdit(app) && (selectedItems(app).length > 0 || (activeSession(app)?.flow.getState().selectedWires.length ?? 0) > 0)

export const isNode = (id: string): boolean => !/^[@=]/.test(id) && !id.startsWith(notePrefix) && !id.startsWith(framePrefix)
export const notesAmong = (ids: readonly string[]): string[] =>
  ids.filter((id) => id.startsWith(notePrefix)).map((id) => id.slice(notePrefix.length))
export const framesAmong = (ids: readonly string[]): string[] =>
  ids.filter((id) => id.startsWith(framePrefix)).map((id) => id.slice(framePrefix.length))

/** The active session, for commands that are enabled only where there is one. */
export function sessionOf(app: App): Session {
  const session = activeSession(app)
  if (!session) throw new Error('no graph is open')
  return session
}
