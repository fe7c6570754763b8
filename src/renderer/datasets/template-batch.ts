import type { TemplateCard } from '../../shared/api'
import { askingFirst } from '../state/accepting'
import type { App } from '../state/app'
import { showDatasets } from './place'

/** A template that is shown over a dataset: its batch begins, and its grid comes to the front. */
export async function startTemplateBatch(
  app: App,
  graph: string,
  { source, definition }: NonNullable<TemplateCard['batch']>,
): Promise<void> {
  await askingFirst(app, async () => {
    const { batch } = await app.client.call('batches.start', { graph, source, definition, concurrency: 2 })
    showDatasets(app, { at: 'batch', batch })
  })
}
