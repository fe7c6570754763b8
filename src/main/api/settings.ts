import type { Handlers, Settings } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import type { Json } from '../../shared/json'
import type { House } from './house'
import { parseSettings, storedSettings } from './settings-schema'

/** Settings are plain values by name in the store. Keys of remote backends are kept apart (`secrets`) and never leave the house. */
export function settingsHandlers(house: House): Pick<Handlers, 'settings.get' | 'settings.set'> {
  return {
    'settings.get': () => readSettings(house),
    'settings.set': async ({ changes }) => {
      const unknown = Object.keys(changes).find((name) => !Object.hasOwn(storedSettings.shape, name))
      if (unknown !== undefined) throw new TributaryError('usage', `There is no setting “${unknown}”.`)
      const parsed = storedSettings.partial().safeParse(changes)
      if (!parsed.success) {
        const issue = parsed.error.issues[0]
        throw new TributaryError('usage', `Setting “${issue?.path.join('.')}”: ${issue?.message}.`)
      }
      house.store.settings.set(parsed.data as Record<string, Json>)
      house.onSettings()
      return readSettings(house)
    },
  }
}

export function readSettings(house: Pick<House, 'store'>): Settings {
  return parseSettings(house.store.settings.all())
}
