import { FolderOpen, Upload } from 'lucide-react'
import { useRef } from 'react'
import type { ResourceCard } from '../../shared/api'
import { refreshResources } from '../state/catalog'
import { editParam } from '../state/editing'
import { useApp, useCatalog, useDocument, useSession } from '../state/hooks'
import { toastError } from '../state/view'

/** A registered folder, file or sample. Never a path: new data is chosen in the system's dialog, or uploaded in a browser. */
export function ResourceField({
  node,
  name,
  accepts,
  optional = false,
  value,
  label,
}: {
  node: string
  name: string
  accepts: readonly ('folder' | 'file' | 'dataset')[]
  optional?: boolean | undefined
  value: unknown
  label: string
}) {
  const app = useApp()
  const session = useSession()
  const file = useRef<HTMLInputElement>(null)
  const readOnly = useDocument((state) => state.readOnly)
  const resources = useCatalog((catalog) => catalog.resources)
  const current = typeof value === 'string' ? value : ''
  const take = async (card: ResourceCard | null) => {
    if (!card) return
    await refreshResources(app.client, app.catalog)
    editParam(session, node, name, resourceValue(card))
  }
  const pick = () => {
    if (app.house.upload) file.current?.click()
    else app.client.call('resources.pick', { accepts: [...accepts] }).then(take, (error) => toastError(app.view, error))
  }
  const known = resources.some((card) => resourceValue(card) === current)
  return (
    <div className="resource-field">
      <select
        className="field"
        aria-label={label}
        value={current}
        disabled={readOnly}
        onChange={(event) => editParam(session, node, name, event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">{optional ? 'none' : 'Choose…'}</option>
        {current !== '' && !known ? <option value={current}>{current.replace(/^(sample|data):/, '')}</option> : null}
        {resources.map((card) => (
          <option key={card.id} value={resourceValue(card)}>
            {`${card.name}${card.files > 1 ? ` (${card.files} files)` : ''}${card.kind === 'sample' ? ' · sample' : ''}`}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="btn icon"
        aria-label={app.house.upload ? 'Upload a file' : 'Choose a folder or file'}
        disabled={readOnly}
        onClick={pick}
      >
        {app.house.upload ? <Upload /> : <FolderOpen />}
      </button>
      <input
        ref={file}
        type="file"
        hidden
        onChange={(event) => {
          const chosen = event.target.files?.[0]
          if (chosen && app.house.upload)
            app.house.upload(chosen, 'resource').then(
              (card) => take(card as ResourceCard),
              (error) => toastError(app.view, error),
            )
          event.target.value = ''
        }}
      />
    </div>
  )
}

const resourceValue = (card: ResourceCard) => (card.id.includes(':') ? card.id : `${card.kind === 'sample' ? 'sample' : 'data'}:${card.id}`)
