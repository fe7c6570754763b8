import { Play, Trash2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { DatasetPage } from '../../shared/batch/api'
import { plural } from '../parts/format'
import { Empty } from '../parts/parts'
import { refreshResources } from '../state/catalog'
import { useApp, useCatalog } from '../state/hooks'
import { toastError } from '../state/view'
import { BackToLists } from './Buttons'
import { DatasetTable } from './DatasetTable'
import { place } from './place'

/** One dataset: what is in it, and the way to run a graph over it. */
export function DatasetScreen({ source }: { source: string }) {
  const [page, setPage] = useState<DatasetPage>()
  const [failed, setFailed] = useState<unknown>()
  const card = useCatalog((catalog) => catalog.resources.find(({ id }) => id === source))
  const name = page?.name ?? card?.name ?? source.replace(/^(sample|data):/, '')
  return (
    <div className="batch-page">
      <header className="screen-head">
        <div>
          <BackToLists />
          <h1>{name}</h1>
          <p className="faint">
            {page ? `${plural(page.total, 'row')}, ${plural(page.columns.length, 'column')}` : failed ? 'It cannot be read.' : 'Reading…'}
          </p>
        </div>
        <button
          type="button"
          className="btn primary"
          data-testid="run-over-dataset"
          disabled={failed !== undefined}
          onClick={() => place.setState({ place: { at: 'setup', source } })}
        >
          <Play /> Run a graph over it
        </button>
      </header>
      {failed === undefined ? (
        <DatasetTable source={source} onRead={setPage} onFail={setFailed} />
      ) : (
        <Unreadable source={source} why={failed} isOurs={card !== undefined && card.kind !== 'sample'} />
      )}
    </div>
  )
}

/** Said where the rows would stand: what is wrong with the file, and the way on. */
function Unreadable({ source, why, isOurs }: { source: string; why: unknown; isOurs: boolean }) {
  const app = useApp()
  const forget = () =>
    app.client
      .call('resources.remove', { id: source })
      .then(() => refreshResources(app.client, app.catalog))
      .then(() => place.setState({ place: { at: 'lists' } }))
      .catch((error) => toastError(app.view, error))
  return (
    <Empty icon={<TriangleAlert />}>
      <p role="alert">{why instanceof Error ? why.message : String(why)}</p>
      <p className="faint">Repair the file and add it again: the first line names the columns, every other line is a row.</p>
      {isOurs ? (
        <button type="button" className="btn" onClick={() => void forget()}>
          <Trash2 /> Forget this file
        </button>
      ) : null}
    </Empty>
  )
}
