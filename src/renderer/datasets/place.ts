import { createStore } from 'zustand/vanilla'
import type { BatchDefinition } from '../../shared/batch/definition'
import type { App } from '../state/app'

/** Where the screen of datasets stands: at the lists, in a dataset, before a batch, or in one. */
export type Place =
  | { readonly at: 'lists' }
  | { readonly at: 'dataset'; readonly source: string }
  | { readonly at: 'setup'; readonly source?: string; readonly graph?: string; readonly definition?: BatchDefinition }
  | { readonly at: 'batch'; readonly batch: string }

export const place = createStore<{ readonly place: Place }>(() => ({ place: { at: 'lists' } }))

/** Shows a place, whatever screen is in front. */
export function showDatasets(app: App, next: Place): void {
  place.setState({ place: next })
  app.view.setState({ screen: 'datasets', overlay: { type: 'none' } })
}
