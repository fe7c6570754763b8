import type { TemplateCard } from '../../shared/api'
import type { App } from '../state/app'
import { toastError } from '../state/view'
import { showDatasets } from './place'

/** A template that is shown over a dataset: its batch begins, and its grid comes to the front. */
export async function startTemplateBatch(
  app: App,
  graph: string,
  { source, definition }: NonNullable<TemplateCard['batch']>,
): Promise<void> {
  try {
    const { batch } = await app.client.call('batches.start', { graph, source, definition, concurrency: 2 })
    showDatasets(app, { at: 'batch', batch })
  } catch (error) {
    toastError(app.view, error)
  }
}
