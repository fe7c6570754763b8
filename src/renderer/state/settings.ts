import type { Settings } from '../../shared/api'
import type { Json } from '../../shared/json'
import type { App } from './app'
import { toastError } from './view'

/** What holds for all graphs of this machine. The store of the house is the truth; the catalogue has its answer. A refusal is told and thrown. */
export async function setSettings(app: App, changes: Readonly<Record<string, Json>>): Promise<Settings> {
  try {
    const settings = await app.client.call('settings.set', { changes: { ...changes } })
    app.catalog.setState({ settings })
    return settings
  } catch (error) {
    toastError(app.view, error)
    throw error
  }
}
