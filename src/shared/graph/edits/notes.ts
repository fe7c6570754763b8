import { TributaryError } from '../../errors'
import type { Edited } from '../diff'
import type { FrameLayout, GraphBody, GraphDocument, NoteLayout } from '../document'
import { freshId } from '../ids'
import { editBody, type Scoped } from './scope'

/** Notes and frames: what people write beside the graph. They live in `ui` and never change a result. */

export function addNote(
  document: GraphDocument,
  args: Scoped & {
    readonly x: number
    readonly y: number
    readonly text?: string
    readonly width?: number
    readonly height?: number
    readonly attachedTo?: string
  },
): Edited & { readonly id: string } {
  let id = ''
  const edit = editBody(document, args, (body) => {
    id = freshId('note-1', (wanted) => body.ui.notes.some((note) => note.id === wanted))
    const { x, y, text = '', width = 240, height = 160, attachedTo } = args
    const note: NoteLayout = { id, x, y, width, height, text, ...(attachedTo === undefined ? {} : { attachedTo }) }
    return withNotes(body, [...body.ui.notes, note])
  })
  return { ...edit, id }
}

export const updateNote = (
  document: GraphDocument,
  args: Scoped & { readonly id: string; readonly changes: Partial<Omit<NoteLayout, 'id'>> },
): Edited => editBody(document, args, (body) => withNotes(body, changeItem(body.ui.notes, args.id, args.changes)))

export const removeNotes = (document: GraphDocument, args: Scoped & { readonly ids: readonly string[] }): Edited =>
  editBody(document, args, (body) => withNotes(body, without(body.ui.notes, args.ids)))

export function addFrame(
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly title?: string; readonly color?: string },
): Edited & { readonly id: string } {
  let id = ''
  const edit = editBody(document, args, (body) => {
    id = freshId('frame-1', (wanted) => body.ui.frames.some((frame) => frame.id === wanted))
    const { title = '', color } = args
    const frame: FrameLayout = { id, title, nodes: [...args.nodes], ...(color === undefined ? {} : { color }) }
    return withFrames(body, [...body.ui.frames, frame])
  })
  return { ...edit, id }
}

export const updateFrame = (
  document: GraphDocument,
  args: Scoped & { readonly id: string; readonly changes: Partial<Omit<FrameLayout, 'id'>> },
): Edited => editBody(document, args, (body) => withFrames(body, changeItem(body.ui.frames, args.id, args.changes)))

/** The frame goes, its nodes stay. */
export const removeFrames = (document: GraphDocument, args: Scoped & { readonly ids: readonly string[] }): Edited =>
  editBody(document, args, (body) => withFrames(body, without(body.ui.frames, args.ids)))

const withNotes = (body: GraphBody, notes: NoteLayout[]): GraphBody =>
  notes === body.ui.notes ? body : { ...body, ui: { ...body.ui, notes } }
const withFrames = (body: GraphBody, frames: FrameLayout[]): GraphBody =>
  frames === body.ui.frames ? body : { ...body, ui: { ...body.ui, frames } }

function changeItem<Item extends { id: string }>(items: Item[], id: string, changes: object): Item[] {
  if (!items.some((item) => item.id === id)) throw new TributaryError('not-found', `there is no note or frame “${id}”`)
  return items.map((item) => (item.id === id ? { ...item, ...changes, id } : item))
}

const without = <Item extends { id: string }>(items: Item[], ids: readonly string[]): Item[] =>
  items.some(({ id }) => ids.includes(id)) ? items.filter(({ id }) => !ids.includes(id)) : items
