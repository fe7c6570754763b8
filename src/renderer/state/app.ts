import type { InternalNode } from '@xyflow/react'
import type { GraphCard, OpenedGraph } from '../../shared/api'
import type { Client } from '../api/client'
import type { House } from '../api/connect'
import type { FlowNode } from '../canvas/flow-mapping'
import { type CatalogStore, createCatalogStore, listenToHouse, loadCatalog } from './catalog'
import { watchLatestRun } from './running'
import { createSession, isDraft, type Session } from './session'
import { createViewStore, type Point, toast, toastError, type ViewStore } from './view'
import type { Viewport } from './viewports'

/** Everything that a command may reach. Built once; handed to components through one context. */
export interface App {
  readonly house: House
  readonly client: Client
  readonly catalog: CatalogStore
  readonly view: ViewStore
  /** open graphs by id */
  readonly sessions: Map<string, Session>
  /** what only the mounted canvas can do */
  canvas: CanvasHandle | undefined
}

export interface CanvasHandle {
  /** canvas coordinates of a point of the window */
  toFlow(screen: Point): Point
  toScreen(at: Point): Point
  /** middle of what is visible, in canvas coordinates */
  centre(): Point
  /** where the pointer was last seen over the canvas, in pixels of the window */
  pointer(): Point
  /** the pointer is over the canvas */
  hasPointer(): boolean
  fit(ids?: readonly string[]): void
  /** the panel that is about to open moves nothing on the canvas, also where all of it was in view */
  stayPut(): void
  /** moves the canvas so that a node is not beyond its right edge */
  reveal(id: string): void
  zoomTo(zoom: number): void
  zoomBy(factor: number): void
  focus(id?: string): void
  zoom(): number
  viewport(): Viewport
  setViewport(viewport: Viewport): void
  /** nodes with the places of their ports, as React Flow measured them */
  internals(): Iterable<InternalNode<FlowNode>>
  measured(id: string): { readonly width: number; readonly height: number } | undefined
}

export function createApp(house: House, storage?: Storage): App {
  return {
    house,
    client: house.client,
    catalog: createCatalogStore(),
    view: createViewStore(storage),
    sessions: new Map(),
    canvas: undefined,
  }
}

export async function startApp(app: App): Promise<void> {
  const report = (error: unknown) => toastError(app.view, error)
  listenToHouse(app.client, app.catalog, report)
  app.client.onLost((lost) => {
    app.view.setState({ lost })
    if (!lost) void reconnect(app)
  })
  await loadCatalog(app.client, app.catalog, report)
}

/** The line stands again: what may have changed meanwhile is read anew, and what waits is saved. */
async function reconnect(app: App): Promise<void> {
  await loadCatalog(app.client, app.catalog, (error) => toastError(app.view, error))
  for (const session of app.sessions.values()) {
    session.autosave.retry()
    void watchLatestRun(app, session)
  }
}

export const activeSession = (app: App): Session | undefined => {
  const { active, screen } = app.view.getState()
  return active === undefined || screen !== 'canvas' ? undefined : app.sessions.get(active)
}

/** Opens a graph in a tab, or goes to the tab where it is open already. */
export async function openGraph(app: App, id: string): Promise<Session | undefined> {
  const open = app.sessions.get(id)
  if (open) {
    showGraph(app, id)
    return open
  }
  try {
    return await adopt(app, await app.client.call('graphs.open', { id }))
  } catch (error) {
    toastError(app.view, error)
    return undefined
  }
}

/** Puts an opened graph into a tab of its own. */
export async function adopt(app: App, opened: OpenedGraph): Promise<Session> {
  const id = opened.document.id
  const [draft, control] = await Promise.all([
    app.client.call('graphs.inputs', { id }).catch(() => ({})),
    app.client.call('graphs.control', { id }).catch(() => undefined),
  ])
  const session = createSession(opened, isDraft(draft) ? draft : {}, app, control)
  app.sessions.get(id)?.close()
  app.sessions.set(id, session)
  showGraph(app, id)
  void watchLatestRun(app, session)
  const errors = opened.issues.length
  if (errors > 0) toast(app.view, 'info', `The graph opened with ${errors === 1 ? 'a remark' : `${errors} remarks`}: see Problems.`)
  return session
}

/** The graph that made a merged model of the library, in a tab of its own. */
export async function openRecipe(app: App, sha256: string): Promise<void> {
  try {
    await adopt(app, await app.client.call('graphs.openRecipe', { sha256 }))
  } catch (error) {
    toastError(app.view, error)
  }
}

export function showGraph(app: App, id: string): void {
  app.view.setState(({ tabs }) => ({
    screen: 'canvas',
    active: id,
    tabs: tabs.includes(id) ? tabs : [...tabs, id],
    overlay: { type: 'none' },
  }))
}

/** Closes the tab. A run of it goes on in the house, which is said, with the way to stop it; the graph, opened again, shows it. */
export function closeTab(app: App, id: string): void {
  const session = app.sessions.get(id)
  const run = session?.run.getState()
  if (session && run?.live && run.id !== undefined) {
    const going = run.id
    const name = session.document.getState().document.name || 'Untitled'
    const stop = () => void app.client.call('runs.stop', { run: going }).catch((error) => toastError(app.view, error))
    toast(app.view, 'info', `“${name}” goes on running; open it again to see it.`, { action: { label: 'Stop it', run: stop } })
  }
  session?.close()
  app.sessions.delete(id)
  app.view.setState(({ tabs, active, screen }) => {
    const left = tabs.filter((tab) => tab !== id)
    if (active !== id) return { tabs: left }
    const next = left[Math.max(0, tabs.indexOf(id) - 1)]
    return { tabs: left, active: next, screen: next === undefined ? 'home' : screen }
  })
}

export async function createGraph(
  app: App,
  name: string,
  template?: { readonly id: string; readonly real: boolean },
): Promise<Session | undefined> {
  try {
    const opened = await app.client.call('graphs.create', template ? { name, template: template.id, real: template.real } : { name })
    return await adopt(app, opened)
  } catch (error) {
    toastError(app.view, error)
    return undefined
  }
}

export async function deleteGraph(app: App, card: Pick<GraphCard, 'id' | 'name'>): Promise<void> {
  try {
    closeTab(app, card.id)
    await app.client.call('graphs.delete', { id: card.id })
    const undelete = async () => {
      await app.client.call('graphs.undelete', { id: card.id }).catch((error) => toastError(app.view, error))
    }
    toast(app.view, 'info', `Deleted “${card.name || 'Untitled'}”.`, { action: { label: 'Undo', run: () => void undelete() } })
  } catch (error) {
    toastError(app.view, error)
  }
}

/** A graph file that was opened from outside: always a graph of its own, never over one that is open. */
export async function openText(app: App, text: string): Promise<void> {
  try {
    await adopt(app, await app.client.call('graphs.import', { text }))
  } catch (error) {
    toastError(app.view, error)
  }
}
