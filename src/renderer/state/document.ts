import { createStore } from 'zustand/vanilla'
import { apply } from '../../shared/graph/apply'
import { type Diff, isEmpty, reverse, squash } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import { focusOn, type Path, rootPath, scopeOf, unfocus, validPath } from '../../shared/graph/focus'
import type { History } from '../../shared/graph/history'
import type { Issue } from '../../shared/graph/issue'

/** The graph that a person edits, with its history. The one owner of the document in this window; what is drawn is derived from it. */
export interface DocumentState {
  readonly document: GraphDocument
  /** containers that were entered: the canvas shows the graph inside the last one */
  readonly path: Path
  readonly past: readonly Entry[]
  readonly future: readonly Entry[]
  /** what the loader had to say */
  readonly loadIssues: readonly Issue[]
  /** something of the past is looked at: nothing may be edited */
  readonly readOnly: boolean
  /** the graph as it is now, while another document is shown in its place; other windows go on editing it */
  readonly now: GraphDocument | undefined
}

/** One step of the history. Steps with an equal `merge` that follow each other are one: typing in a field, a drag, a slider. */
export interface Entry {
  readonly label: string
  readonly diff: Diff
  readonly merge?: string | undefined
  /** where it was made: taking it back shows that place */
  readonly path: Path
}

export interface Edit {
  readonly document: GraphDocument
  readonly diff: Diff
}

export interface DocumentStore extends ReturnType<typeof createDocumentState> {}

const createDocumentState = (document: GraphDocument, loadIssues: readonly Issue[], history: History) =>
  createStore<DocumentState>(() => {
    const [past, future] = [history.past, history.future].map((steps) => steps.map((step): Entry => ({ ...step, path: rootPath })))
    return { document, path: rootPath, past: past ?? [], future: future ?? [], loadIssues, readOnly: false, now: undefined }
  })

/** `history`: the steps of earlier sessions that led to the document. */
export const createDocumentStore = (
  document: GraphDocument,
  loadIssues: readonly Issue[] = [],
  history: History = { past: [], future: [] },
): DocumentStore => createDocumentState(document, loadIssues, history)

/** The graph that the canvas shows and edits work on: the document itself, or the graph inside the entered container. */
export const shownGraph = (state: Pick<DocumentState, 'document' | 'path'>): GraphDocument => focusOn(state.document, shownScope(state))

/** Its id, for edits that reach beyond it. */
export const shownScope = (state: Pick<DocumentState, 'document' | 'path'>): string | undefined => scopeOf(shownPath(state))

export const shownPath = (state: Pick<DocumentState, 'document' | 'path'>): Path => validPath(state.document, state.path)

/** An edit of the shown graph, told as one of the document. */
export const outward = (state: DocumentState, view: GraphDocument): GraphDocument => unfocus(state.document, shownScope(state), view)

const longestHistory = 2000

/** Takes an edit into the document and the history. Returns the diff to save, or undefined when nothing changed or nothing may. */
export function commit(store: DocumentStore, label: string, edit: Edit, merge?: string): Diff | undefined {
  const state = store.getState()
  if (state.readOnly || isEmpty(edit.diff)) return undefined
  const last = state.past.at(-1)
  const joins = merge !== undefined && last?.merge === merge && state.future.length === 0
  const entry: Entry = { label, diff: joins ? squash(last.diff, edit.diff) : edit.diff, merge, path: shownPath(state) }
  const past = joins ? state.past.slice(0, -1) : state.past
  store.setState({ document: edit.document, past: isEmpty(entry.diff) ? past : [...past, entry].slice(-longestHistory), future: [] })
  return edit.diff
}

/** Ends a merged step: the next edit of the same field is a step of its own. */
export function seal(store: DocumentStore): void {
  const { past } = store.getState()
  const last = past.at(-1)
  if (last?.merge !== undefined) store.setState({ past: [...past.slice(0, -1), { label: last.label, diff: last.diff, path: last.path }] })
}

export interface Step {
  readonly diff: Diff
  readonly label: string
}

/** Takes the last step back; the diff to save, or undefined when there is none. */
export function undo(store: DocumentStore): Step | undefined {
  const { document, past, future, readOnly } = store.getState()
  const entry = past.at(-1)
  if (!entry || readOnly) return undefined
  const diff = reverse(entry.diff)
  store.setState({ document: apply(document, diff), path: entry.path, past: past.slice(0, -1), future: [...future, entry] })
  return { diff, label: `Undo: ${entry.label}` }
}

export function redo(store: DocumentStore): Step | undefined {
  const { document, past, future, readOnly } = store.getState()
  const entry = future.at(-1)
  if (!entry || readOnly) return undefined
  store.setState({ document: apply(document, entry.diff), path: entry.path, past: [...past, entry], future: future.slice(0, -1) })
  return { diff: entry.diff, label: `Redo: ${entry.label}` }
}

/** A change that another window made: it is in the document, and not in this window's history. */
export function absorb(store: DocumentStore, diff: Diff): void {
  rebase(store, apply(currentDocument(store), diff))
}

/** The graph as it is now became another one, seen or not. */
export function rebase(store: DocumentStore, document: GraphDocument): void {
  store.setState(store.getState().now ? { now: document } : { document })
}

/** The graph as it is now, whatever is shown. */
export function currentDocument(store: DocumentStore): GraphDocument {
  const { now, document } = store.getState()
  return now ?? document
}

/** Shows another document in place of the graph (a run or a version of the past, two versions as one): to be looked at, not to be edited. */
export function showOther(store: DocumentStore, document: GraphDocument): void {
  store.setState({ document, now: currentDocument(store), readOnly: true })
}

/** Back to the graph as it is now; its history is still there. */
export function showNow(store: DocumentStore): void {
  store.setState({ document: currentDocument(store), now: undefined, readOnly: false })
}

/** Another document altogether (restored, reloaded, or of a past run); the history does not fit it any more. */
export function replaceDocument(store: DocumentStore, document: GraphDocument, loadIssues: readonly Issue[] = []): void {
  store.setState({ document, past: [], future: [], loadIssues })
}
