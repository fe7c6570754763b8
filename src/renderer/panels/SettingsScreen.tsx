import type { ReactNode } from 'react'

import type { Json } from '../../shared/json'
import { deviceName, formatBytes, plural } from '../parts/format'
import { useApp, useCatalog } from '../state/hooks'
import { setSettings } from '../state/settings'
import { KeysSettings } from './KeysSettings'
import { RemoteServers } from './RemoteServers'
import './screens.css'

/** What is the same for all graphs of this machine. */
export function SettingsScreen() {
  const app = useApp()
  const settings = useCatalog((catalog) => catalog.settings)
  const system = useCatalog((catalog) => catalog.system)
  if (!settings) return null
  const set = (changes: Record<string, Json>) => setSettings(app, changes).catch(() => undefined)
  const total = system?.memoryBytes.total ?? 0
  return (
    <div className="screen settings" data-testid="settings-screen">
      <header className="screen-head">
        <h1>Settings</h1>
      </header>
      <Row title="Theme" note="System follows the desktop.">
        <Choice
          label="Theme"
          value={settings.theme}
          options={[
            ['system', 'System'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          onChange={(theme) => set({ theme })}
        />
      </Row>
      <Row title="Motion" note="Reduced motion of the system is always obeyed.">
        <Choice
          label="Motion"
          value={settings.motion}
          options={[
            ['full', 'Full'],
            ['reduced', 'Reduced'],
          ]}
          onChange={(motion) => set({ motion })}
        />
      </Row>
      <Row title="Moving around" note="Canvas first: drag selects, the wheel pans. Mouse first: drag pans, the wheel zooms.">
        <Choice
          label="Navigation"
          value={settings.navigation}
          options={[
            ['canvas-first', 'Canvas first'],
            ['mouse-first', 'Mouse first'],
          ]}
          onChange={(navigation) => set({ navigation })}
        />
      </Row>
      <Row title="Device" note="Where models run. Automatic takes the graphics card if there is one that can.">
        <Choice
          label="Device"
          value={settings.device}
          options={[...['auto', 'cpu', 'cuda', 'vulkan', 'metal'].map((id) => [id, deviceName(id)] as const)]}
          onChange={(device) => set({ device })}
        />
      </Row>
      <Row title="Threads" note="0: Tributary chooses, by the cores of this machine.">
        <input
          className="field number"
          type="number"
          min={0}
          max={256}
          aria-label="Threads"
          defaultValue={settings.threads}
          onBlur={(event) => set({ threads: Math.max(0, Math.round(Number(event.target.value) || 0)) })}
        />
      </Row>
      {settings.device === 'cpu' ? null : (
        <Row title="Layers on the graphics card" note="Of each model; the rest runs on the processor. Empty: as many as fit.">
          <input
            className="field number"
            type="number"
            min={0}
            max={10_000}
            placeholder="all that fit"
            aria-label="Layers on the graphics card"
            defaultValue={settings.gpuLayers < 0 ? '' : settings.gpuLayers}
            onBlur={({ target }) => set({ gpuLayers: target.value === '' ? -1 : Math.max(0, Math.round(target.valueAsNumber || 0)) })}
          />
        </Row>
      )}
      <Row
        title="Memory for models"
        note={`${settings.memoryBudgetBytes > 0 ? formatBytes(settings.memoryBudgetBytes) : `Chosen by Tributary: ${formatBytes(system?.memoryBytes.budget ?? 0)}`}${total ? ` of ${formatBytes(total)}` : ''}. 0: Tributary chooses.`}
      >
        <span className="with-unit">
          <input
            className="field number"
            type="number"
            min={0}
            step={0.5}
            aria-label="Memory for models, gigabytes"
            defaultValue={Math.round(settings.memoryBudgetBytes / 1e8) / 10}
            onBlur={(event) => set({ memoryBudgetBytes: Math.max(0, Math.round((Number(event.target.value) || 0) * 1e9)) })}
          />
          <span className="unit">GB</span>
        </span>
      </Row>
      <Row
        title="Remote servers"
        note="Any server that speaks the OpenAI protocol. A key is read from an environment variable; it is never stored, and never in a graph."
      >
        <span className="faint">{settings.backends.length === 0 ? 'none' : plural(settings.backends.length, 'server')}</span>
      </Row>
      <RemoteServers backends={settings.backends} onChange={(backends) => set({ backends: backends as unknown as Json })} />
      <KeysSettings />
      {system ? (
        <dl className="facts about">
          <div>
            <dt>Version</dt>
            <dd>{`${system.version}, llama.cpp ${system.llamaCpp}, ${system.platform}`}</dd>
          </div>
          <div>
            <dt>Data</dt>
            <dd className="mono">{system.dataFolder}</dd>
          </div>
          <div>
            <dt>Memory</dt>
            <dd>{`${formatBytes(system.memoryBytes.free)} free of ${formatBytes(system.memoryBytes.total)}`}</dd>
          </div>
          <div>
            <dt>Models</dt>
            <dd>{system.modelsHaveNetwork ? 'in a process of their own' : 'in a process of their own, without a network'}</dd>
          </div>
        </dl>
      ) : null}
    </div>
  )
}

function Row({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="setting">
      <div>
        <b>{title}</b>
        <p className="faint">{note}</p>
      </div>
      <div>{children}</div>
    </div>
  )
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: readonly (readonly [string, string])[]
  onChange(next: string): void
}) {
  return (
    <select className="field" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.some(([id]) => id === value) ? null : <option value={value}>{value}</option>}
      {options.map(([id, title]) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  )
}
