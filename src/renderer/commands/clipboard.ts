import { ClipboardPaste, Copy, CopyPlus, Scissors } from 'lucide-react'
import { TributaryError } from '../../shared/errors'
import { duplicateNodes, pasteFragment } from '../../shared/graph/edit'
import { copyFragment, parseFragment, serializeFragment } from '../../shared/graph/fragment'
import type { App } from '../state/app'
import { selectOnly } from '../state/flow'
import { edit, shownIn } from '../state/session'
import { toast } from '../state/view'
import { defineCommand } from './command'
import { canEdit, hasGraph, hasSelection, notesAmong, selectedItems, selectedNodes, sessionOf } from './helpers'
import { runCommand } from './registry'

/** The system's clipboard holds a graph fragment as text: it can be pasted into another window, a mail, another version of the application. */
async function copy(app: App): Promise<void> {
  const document = shownIn(sessionOf(app))
  const fragment = copyFragment(document, { nodes: selectedNodes(app), notes: notesAmong(selectedItems(app)) })
  await navigator.clipboard.writeText(serializeFragment(fragment))
}

function paste(app: App, text: string, keepIncoming: boolean): void {
  const session = sessionOf(app)
  const at = app.canvas?.toFlow(app.canvas.pointer())
  const parsed = parseFragment(text)
  if (!parsed.ok) {
    if (/^\s*\{/.test(text)) throw TributaryError.fromReport(parsed.error)
    throw new TributaryError('graph-format', 'The clipboard holds no part of a graph.', { hint: 'Select nodes and press Ctrl+C first.' })
  }
  let ids: ReadonlyMap<string, string> = new Map()
  edit(session, 'Paste', (document) => {
    const pasted = pasteFragment(document, {
      fragment: parsed.fragment,
      keepIncoming,
      ...(at ? { at: { x: Math.round(at.x), y: Math.round(at.y) } } : {}),
    })
    ids = pasted.ids
    return pasted
  })
  selectOnly(session.flow, [...ids.values()])
}

function duplicate(app: App, keepIncoming: boolean): void {
  const session = sessionOf(app)
  let ids: ReadonlyMap<string, string> = new Map()
  edit(session, 'Duplicate', (document) => {
    const doubled = duplicateNodes(document, { nodes: selectedNodes(app), keepIncoming })
    ids = doubled.ids
    return doubled
  })
  selectOnly(session.flow, [...ids.values()])
}

const canCopy = (app: App) => hasGraph(app) && (selectedNodes(app).length > 0 || notesAmong(selectedItems(app)).length > 0)

export default [
  defineCommand({
    id: 'copy',
    title: 'Copy',
    group: 'Edit',
    icon: Copy,
    keys: ['Mod+C'],
    menus: ['node'],
    isEnabled: canCopy,
    run: async (app) => {
      await copy(app)
      toast(app.view, 'good', 'Copied as text.')
    },
  }),
  defineCommand({
    id: 'cut',
    title: 'Cut',
    group: 'Edit',
    icon: Scissors,
    keys: ['Mod+X'],
    menus: ['node'],
    isEnabled: (app) => canEdit(app) && canCopy(app),
    run: async (app) => {
      await copy(app)
      runCommand(app, 'delete')
    },
  }),
  defineCommand({
    id: 'paste',
    title: 'Paste',
    group: 'Edit',
    icon: ClipboardPaste,
    keys: ['Mod+V'],
    menus: ['canvas'],
    isEnabled: canEdit,
    run: async (app) => paste(app, await navigator.clipboard.readText(), false),
    runWithText: (app, text) => paste(app, text, false),
  }),
  defineCommand({
    id: 'paste-wired',
    title: 'Paste with incoming wires',
    group: 'Edit',
    keys: ['Mod+Shift+V'],
    isEnabled: canEdit,
    run: async (app) => paste(app, await navigator.clipboard.readText(), true),
    runWithText: (app, text) => paste(app, text, true),
  }),
  defineCommand({
    id: 'duplicate',
    title: 'Duplicate with incoming wires',
    group: 'Edit',
    icon: CopyPlus,
    keys: ['Mod+D'],
    menus: ['node'],
    isEnabled: hasSelection,
    run: (app) => duplicate(app, true),
  }),
  defineCommand({
    id: 'duplicate-bare',
    title: 'Duplicate without wires',
    group: 'Edit',
    keys: ['Mod+Shift+D'],
    isEnabled: hasSelection,
    run: (app) => duplicate(app, false),
  }),
]
