import { createStore } from 'zustand/vanilla'
import { type App, openGraph } from '../state/app'

/** Which open graphs are shown as a form, and whether this page is a form alone: then nothing of the workshop is around it. */
export interface FormState {
  readonly shown: ReadonlySet<string>
  readonly alone: string | undefined
}

export const forms = createStore<FormState>(() => ({ shown: new Set(), alone: undefined }))

const route = /^#\/form\/([A-Za-z0-9_-]{1,64})$/

/** The graph that the address names: `#/form/<graph>`. */
export const graphOfAddress = (hash: string): string | undefined => route.exec(hash)?.[1]

export const addressOf = (graph: string): string => `#/form/${graph}`

export function showForm(graph: string, isShown: boolean): void {
  forms.setState(({ shown }) => {
    const next = new Set(shown)
    if (isShown) next.add(graph)
    else next.delete(graph)
    return { shown: next, alone: isShown ? forms.getState().alone : undefined }
  })
}

/** The address says what is in front, so that a reload or a bookmark comes back to the form. */
export function keepAddress(app: App): void {
  const keep = (): void => {
    const { screen, active } = app.view.getState()
    const isForm = screen === 'canvas' && active !== undefined && forms.getState().shown.has(active)
    const wanted = isForm ? addressOf(active) : ''
    if (location.hash === wanted || (wanted === '' && !route.test(location.hash))) return
    history.replaceState(null, '', location.pathname + location.search + wanted)
  }
  forms.subscribe(keep)
  app.view.subscribe((now, before) => {
    if (now.screen !== before.screen || now.active !== before.active) keep()
  })
}

/** Opens what the address asks for, alone on the page. */
export async function followAddress(app: App, hash: string): Promise<void> {
  const graph = graphOfAddress(hash)
  if (graph === undefined) return
  forms.setState({ alone: graph })
  if (await openGraph(app, graph)) showForm(graph, true)
  else forms.setState({ alone: undefined })
}
