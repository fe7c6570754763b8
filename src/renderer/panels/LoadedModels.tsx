import { LogOut } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { LoadedModel } from '../../shared/api'
import { formatBytes, formatMs } from '../parts/format'
import { useApp, useCatalog } from '../state/hooks'
import { setSettings } from '../state/settings'
import { toastError } from '../state/view'

const againMs = 3000
const choices = [0, 5, 15, 30, 60, 240]

/** Models that are in memory now, how long they rest, and when they are freed. */
export function LoadedModels() {
  const app = useApp()
  const minutes = useCatalog((catalog) => catalog.settings?.unloadAfterMinutes)
  const [models, setModels] = useState<readonly LoadedModel[]>([])
  useEffect(() => {
    const ask = () => void app.client.call('models.loaded', {}).then(setModels, () => undefined)
    ask()
    const timer = setInterval(ask, againMs)
    return () => clearInterval(timer)
  }, [app])
  const unload = (id: string) => app.client.call('models.unload', { id }).then(setModels, (error: unknown) => toastError(app.view, error))
  return (
    <section className="home-section loaded-models" data-testid="loaded-models">
      <h2 className="family-head">In memory</h2>
      <label className="with-unit">
        <span className="faint">A model that is not used is freed</span>
        <select
          className="field"
          aria-label="When a model that is not used is freed"
          data-testid="unload-after"
          value={minutes ?? 0}
          onChange={(event) => void setSettings(app, { unloadAfterMinutes: Number(event.target.value) }).catch(() => undefined)}
        >
          {[...new Set([...choices, minutes ?? 0])].map((choice) => (
            <option key={choice} value={choice}>
              {choice === 0 ? 'when another needs its place' : `after ${choice} minutes`}
            </option>
          ))}
        </select>
      </label>
      {models.length === 0 ? <p className="faint">No model is in memory.</p> : null}
      <ul>
        {models.map(({ id, name, memoryBytes, busy, idleMs }) => (
          <li key={id} className="with-unit" data-testid={`loaded-${name}`}>
            <b>{name}</b>
            <span className="faint">{`${formatBytes(memoryBytes)} · ${busy ? 'in use' : `at rest for ${formatMs(idleMs)}`}`}</span>
            <button type="button" className="btn small" disabled={busy} aria-label={`Free ${name} now`} onClick={() => void unload(id)}>
              <LogOut /> Free now
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
