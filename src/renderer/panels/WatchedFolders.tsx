import { EyeOff, FolderPlus, FolderSearch } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { WatchedFolder } from '../../shared/api'
import { plural } from '../parts/format'
import { DropMenu } from '../parts/parts'
import { useApp, useCatalog } from '../state/hooks'
import { toastError } from '../state/view'

/** Folders of the person whose models are in the library where they lie: what comes, goes or moves there is noticed. */
export function WatchedFolders() {
  const app = useApp()
  const models = useCatalog((catalog) => catalog.models)
  const roots = useCatalog((catalog) => catalog.system?.roots)
  const [folders, setFolders] = useState<readonly WatchedFolder[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: how many models are in a folder is asked again when the library changes
  useEffect(() => void app.client.call('models.folders').then(setFolders, () => undefined), [app, models])
  const take = (asked: Promise<readonly WatchedFolder[] | null>) =>
    void asked.then(
      (next) => next && setFolders(next),
      (error: unknown) => toastError(app.view, error),
    )
  const watch = (root?: string) => take(app.client.call('models.watchFolder', root === undefined ? {} : { root }))
  const open = (roots ?? []).filter((root) => !folders.some(({ path }) => path === root))
  return (
    <section className="home-section watched-folders" data-testid="watched-folders">
      <h2 className="family-head">Watched folders</h2>
      <p className="faint">
        {folders.length === 0
          ? 'Models in a folder of yours can be in the library where they lie: nothing is copied, and what comes, goes or moves there is noticed.'
          : 'Models in them are in the library where they lie; what comes, goes or moves there is noticed.'}
      </p>
      <ul className="plain-list">
        {folders.map(({ path, present, models: count }) => (
          <li key={path} data-testid="watched-folder">
            <FolderSearch aria-hidden />
            <span className="mono watched-path" title={path}>
              {path}
            </span>
            <span className={present ? 'faint' : 'chip warn'}>{present ? plural(count, 'model') : 'not there now'}</span>
            <button
              type="button"
              className="btn small"
              aria-label={`Stop watching ${path}`}
              onClick={() => take(app.client.call('models.unwatchFolder', { path }))}
            >
              <EyeOff /> Stop watching
            </button>
          </li>
        ))}
      </ul>
      {app.house.upload === undefined ? (
        <button type="button" className="btn small" data-testid="watch-folder" onClick={() => watch()}>
          <FolderPlus /> Watch a folder
        </button>
      ) : open.length > 0 ? (
        <DropMenu
          label="Watch a folder"
          trigger={
            <button type="button" className="btn small" data-testid="watch-folder">
              <FolderPlus /> Watch a folder
            </button>
          }
          entries={open.map((root) => ({ id: root, label: root, icon: <FolderSearch />, onSelect: () => watch(root) }))}
        />
      ) : (
        <p className="faint">
          A page in a browser sees only folders that it was given: start with <code>tributary serve --root FOLDER</code>, or say{' '}
          <code>tributary models add FOLDER --watch</code>.
        </p>
      )}
    </section>
  )
}
