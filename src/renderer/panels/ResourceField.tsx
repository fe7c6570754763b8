import { FolderOpen, Upload } from 'lucide-react'
import type { ResourceCard } from '../../shared/api'
import { chooseFiles } from '../parts/files'
import { refreshResources } from '../state/catalog'
import { editParam } from '../state/editing'
import { useApp, useCatalog, useDocument, useSession } from '../state/hooks'
import { takeIn } from '../state/taking-in'
import { toast, toastError } from '../state/view'

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
  const readOnly = useDocument((state) => state.readOnly)
  const resources = useCatalog((catalog) => catalog.resources)
  const current = typeof value === 'string' ? value : ''
  const take = async (card: ResourceCard | null) => {
    if (!card) return
    await refreshResources(app.client, app.catalog)
    editParam(session, node, name, resourceValue(card))
  }
  const takesFolders = accepts.includes('folder')
  const pick = () => app.client.call('resources.pick', { accepts: [...accepts] }).then(take, (error) => toastError(app.view, error))
  const choose = async (folder: boolean) => {
    try {
      const files = await chooseFiles({ several: takesFolders, folder })
      if (!files) return
      const card = await takeIn(app, files)
      if (card) editParam(session, node, name, resourceValue(card))
      else toast(app.view, 'info', 'There is no file in this folder.', { hint: 'Choose one that holds texts, PDFs or tables.' })
    } catch (error) {
      toastError(app.view, error)
    }
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
      <div className="button-row">
        {app.house.upload ? (
          <>
            <button type="button" className="btn small" disabled={readOnly} onClick={() => void choose(false)}>
              <Upload /> <span>{takesFolders ? 'Add files…' : 'Add a file…'}</span>
            </button>
            {takesFolders ? (
              <button type="button" className="btn small" disabled={readOnly} onClick={() => void choose(true)}>
                <FolderOpen /> <span>Add a folder…</span>
              </button>
            ) : null}
          </>
        ) : (
          <button type="button" className="btn small" disabled={readOnly} onClick={pick}>
            <FolderOpen /> <span>{takesFolders ? 'Choose a folder or file…' : 'Choose a file…'}</span>
          </button>
        )}
      </div>
    </div>
  )
}

const resourceValue = (card: ResourceCard) => (card.id.includes(':') ? card.id : `${card.kind === 'sample' ? 'sample' : 'data'}:${card.id}`)
