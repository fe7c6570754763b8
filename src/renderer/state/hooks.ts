import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { App } from './app'
import type { Catalog } from './catalog'
import type { DocumentState } from './document'
import type { FlowState } from './flow'
import type { RunView } from './run'
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
export const useFlow = <T>(select: (state: FlowState) => T): T => useStore(useSession().flow, select)
export const useRun = <T>(select: (state: RunView) => T): T => useStore(useSession().run, select)
