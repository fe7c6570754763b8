import { type FormEvent, useState } from 'react'
import type { Backend } from '../../shared/api'

/** A model of a remote server is a name that only the server knows: chosen by server and typed name. */
export function RemoteModelForm({
  backends,
  first,
  onChoose,
}: {
  backends: readonly Backend[]
  first: { readonly backend: string; readonly model: string } | undefined
  onChoose(remote: { readonly backend: string; readonly model: string }): void
}) {
  const [backend, setBackend] = useState(first?.backend ?? backends[0]?.id ?? '')
  const [model, setModel] = useState(first?.model ?? '')
  const send = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    if (backend !== '' && model.trim() !== '') onChoose({ backend, model: model.trim() })
  }
  return (
    <form className="remote-form" onSubmit={send} onKeyDown={(event) => event.stopPropagation()} data-testid="remote-model">
      <span className="faint">Of a remote server</span>
      <div>
        <select className="field" aria-label="Remote server" value={backend} onChange={(event) => setBackend(event.target.value)}>
          {backends.map(({ id, name }) => (
            <option key={id} value={id}>
              {name || id}
            </option>
          ))}
        </select>
        <input
          className="field"
          aria-label="Name of the model on the server"
          placeholder="model name"
          spellCheck={false}
          value={model}
          onChange={(event) => setModel(event.target.value)}
        />
        <button type="submit" className="btn small" disabled={model.trim() === ''}>
          Use
        </button>
      </div>
    </form>
  )
}
