import { Pencil, Plus, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Backend } from '../../shared/api'
import { Tip } from '../parts/parts'
import { type BackendDraft, draftOf, emptyDraft, faultOfDraft, idFor, type StoredBackend, withDraft, without } from './remote-servers'

/** The servers that graphs may name: added, edited, removed. Of a key only the name of its variable is known here. */
export function RemoteServers({
  backends,
  onChange,
}: {
  backends: readonly Backend[]
  onChange(next: readonly StoredBackend[]): Promise<unknown>
}) {
  /** id of the server in the form; empty: a new one */
  const [editing, setEditing] = useState<string | undefined>()
  const save = async (draft: BackendDraft, replaces?: string) => {
    await onChange(withDraft(backends, draft, replaces))
    setEditing(undefined)
  }
  return (
    <div className="servers" data-testid="remote-servers">
      {backends.map((backend) =>
        editing === backend.id ? (
          <ServerForm
            key={backend.id}
            first={draftOf(backend)}
            isNew={false}
            taken={backends.filter(({ id }) => id !== backend.id).map(({ id }) => id)}
            onSave={(draft) => void save(draft, backend.id)}
            onCancel={() => setEditing(undefined)}
          />
        ) : (
          <div key={backend.id} className="server" data-testid={`server-${backend.id}`}>
            <span className="two-lines">
              <b>{backend.name || backend.id}</b>
              <small className="mono faint">{`${backend.id} · ${backend.url}`}</small>
            </span>
            <KeyChip backend={backend} />
            <Tip text="Edit">
              <button
                type="button"
                className="btn quiet icon small"
                aria-label={`Edit ${backend.name}`}
                onClick={() => setEditing(backend.id)}
              >
                <Pencil />
              </button>
            </Tip>
            <Tip text="Remove">
              <button
                type="button"
                className="btn quiet icon small"
                aria-label={`Remove ${backend.name}`}
                onClick={() => void onChange(without(backends, backend.id))}
              >
                <Trash2 />
              </button>
            </Tip>
          </div>
        ),
      )}
      {editing === '' ? (
        <ServerForm
          first={emptyDraft}
          isNew
          taken={backends.map(({ id }) => id)}
          onSave={(draft) => void save(draft)}
          onCancel={() => setEditing(undefined)}
        />
      ) : (
        <button type="button" className="btn" data-testid="add-server" onClick={() => setEditing('')}>
          <Plus /> Add a server
        </button>
      )}
    </div>
  )
}

function KeyChip({ backend }: { backend: Backend }) {
  if (backend.keyVariable === undefined) return <span className="chip">no key</span>
  return backend.hasKey ? (
    <span className="chip good">{`${backend.keyVariable} is set`}</span>
  ) : (
    <Tip text="Set this variable where Tributary is started, then start it again.">
      <span className="chip warn">{`${backend.keyVariable} is not set`}</span>
    </Tip>
  )
}

function ServerForm({
  first,
  isNew,
  taken,
  onSave,
  onCancel,
}: {
  first: BackendDraft
  isNew: boolean
  taken: readonly string[]
  onSave(draft: BackendDraft): void
  onCancel(): void
}) {
  const [draft, setDraft] = useState(first)
  const [tried, setTried] = useState(false)
  const fault = faultOfDraft(draft, taken)
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!fault) onSave(draft)
  }
  const rename = (name: string) =>
    setDraft((before) => ({ ...before, name, ...(isNew && before.id === idFor(before.name) ? { id: idFor(name) } : {}) }))
  const field = (key: keyof BackendDraft, label: string, placeholder: string, change?: (value: string) => void) => (
    <label>
      <span>{label}</span>
      <input
        className="field"
        value={draft[key]}
        placeholder={placeholder}
        spellCheck={false}
        readOnly={key === 'id' && !isNew}
        onChange={(event) => (change ? change(event.target.value) : setDraft((before) => ({ ...before, [key]: event.target.value })))}
      />
    </label>
  )
  return (
    <form className="server-form" onSubmit={send} noValidate>
      {field('name', 'Name', 'Lab server', rename)}
      {field('id', 'Id, as graphs name it', 'lab-server')}
      {field('url', 'Address', 'http://localhost:8080/v1')}
      {field('keyVariable', 'Variable that holds the key', 'none')}
      {tried && fault ? (
        <p className="field-problem" role="alert">
          {fault}
        </p>
      ) : null}
      <div className="server-actions">
        <button type="submit" className="btn primary small">
          {isNew ? 'Add' : 'Save'}
        </button>
        <button type="button" className="btn small" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
