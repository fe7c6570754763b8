import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import type { GraphDocument } from '../../shared/graph/document'
import { placePrefix } from '../../shared/graph/focus'
import { serverModelOf } from '../../shared/graph/models'
import type { NodeSpec } from '../../shared/node-spec'
import type { NodeState } from '../../shared/run/fold'
import type { Card } from '../canvas/cards'
import type { App } from './app'
import type { Catalog } from './catalog'
import { type DocumentState, shownGraph, shownPath } from './document'
import type { FlowState } from './flow'
import { type NodeStatus, nodeRun, type RunView, reasonOf, statusOf } from './run'
import type { Session } from './session'
import type { View } from './view'

/** How components read: one slice each. A component draws again when its slice is another object, and for no other reason. */
export const AppContext = createContext<App | undefined>(undefined)
export const SessionContext = createContext<Session | undefined>(undefined)

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('outside of the app')
  return app
}

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('outside of a graph')
  return session
}

export const useCatalog = <T>(select: (catalog: Catalog) => T): T => useStore(useApp().catalog, select)
export const useView = <T>(select: (view: View) => T): T => useStore(useApp().view, select)
export const useDocument = <T>(select: (state: DocumentState) => T): T => useStore(useSession().document, select)
/** The graph on the canvas: the document, or the graph inside the entered container. */
export const useShown = <T>(select: (graph: GraphDocument, state: DocumentState) => T): T =>
  useDocument((state) => select(shownGraph(state), state))
export const useFlow = <T>(select: (state: FlowState) => T): T => useStore(useSession().flow, select)
export const useRun = <T>(select: (state: RunView) => T): T => useStore(useSession().run, select)

/** What a card shows of its node. Undefined for what is no node. */
export const useCard = (id: string): Card | undefined => useFlow((flow) => flow.cards.get(id))

/** The kind of a node of the shown graph; undefined for what is no node, or of a type that is not known here. */
export function useSpecOf(id: string): NodeSpec | undefined {
  const type = useShown((graph) => graph.nodes[id]?.type)
  return useCatalog((catalog) => (type === undefined ? undefined : catalog.specs.get(type)))
}

/** What ids of the shown graph begin with in the events of a run: the way in, with the item that is looked at. */
export const useRunPrefix = (): string => useStore(useSession().prefix, ({ prefix }) => prefix)

/** What is read of the run at a node of the shown graph: only events of that node, and what has become stale, are heard. */
function useRunAt<T>(id: string | undefined, select: (run: RunView, path: string) => T): T | undefined {
  const session = useSession()
  const prefix = useRunPrefix()
  const path = id === undefined ? undefined : prefix + id
  const subscribe = useCallback(
    (listener: () => void) => (path === undefined ? () => {} : session.runOf.watch(path, listener)),
    [session, path],
  )
  return useSyncExternalStore(subscribe, () => (path === undefined ? undefined : select(session.run.getState(), path)))
}

/** The model on a server that a node of the shown graph writes with. */
export const useServerModel = (id: string): string | undefined =>
  useShown((graph) => {
    const node = graph.nodes[id]
    return node && serverModelOf(graph, node)
  })

/** What places of the shown graph begin with: the way in, whatever the item. */
export const usePlace = (): string => useDocument((state) => placePrefix(shownPath(state)))

export const useNodeRun = (id: string | undefined): NodeState | undefined => useRunAt(id, nodeRun)

export const useNodeStatus = (id: string): NodeStatus => useRunAt(id, statusOf) ?? 'idle'

export const useNodeReason = (id: string): string | undefined => useRunAt(id, reasonOf)
