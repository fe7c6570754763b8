import type { ResourceCard } from '../../shared/api'
import type { App } from '../state/app'
import { refreshResources } from '../state/catalog'
import { toast, toastError } from '../state/view'
import { place } from './place'

/** Ways for a dataset to come in: a file, a drop, a text. Each ends at the dataset. */
export const acceptedFiles = '.csv,.tsv,.jsonl,.ndjson'

async function arrived(app: App, source: string): Promise<void> {
  await refreshResources(app.client, app.catalog)
  place.setState({ place: { at: 'dataset', source } })
}

export async function addFile(app: App, file: File | undefined): Promise<void> {
  try {
    if (file && !/\.(csv|tsv|jsonl|ndjson)$/i.test(file.name)) {
      toast(app.view, 'bad', `“${file.name}” is no table.`, { hint: 'Datasets are .csv, .tsv or .jsonl files.' })
      return
    }
    if (!file || !app.house.upload) {
      const card = await app.client.call('resources.pick', { accepts: ['dataset', 'file'] })
      if (card) await arrived(app, card.id)
      return
    }
    await arrived(app, ((await app.house.upload(file, 'resource')) as ResourceCard).id)
  } catch (error) {
    toastError(app.view, error)
  }
}

/** A pasted table: JSON a line, else a table with commas, semicolons or tabs whose first line names the columns. */
export async function addPasted(app: App, text: string): Promise<boolean> {
  const trimmed = text.trim()
  if (trimmed === '') return false
  const ending = trimmed.startsWith('{') || trimmed.startsWith('[') ? 'jsonl' : 'csv'
  try {
    const content = ending === 'jsonl' ? asLines(trimmed) : trimmed
    const card = await app.client.call('resources.addText', {
      name: `Pasted ${new Date().toISOString().slice(0, 16).replace('T', ' ').replace(':', '.')}.${ending}`,
      text: `${content}\n`,
    })
    await arrived(app, card.id)
    return true
  } catch (error) {
    toastError(app.view, error)
    return false
  }
}

/** A JSON array becomes a line for each of its members. */
function asLines(text: string): string {
  if (!text.startsWith('[')) return text
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.map((item) => JSON.stringify(item)).join('\n') : text
  } catch {
    return text
  }
}
