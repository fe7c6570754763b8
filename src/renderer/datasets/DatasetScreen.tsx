import { Play } from 'lucide-react'
import { useState } from 'react'
import type { DatasetPage } from '../../shared/batch/api'
import { plural } from '../parts/format'
import { BackToLists } from './Buttons'
import { DatasetTable } from './DatasetTable'
import { place } from './place'

/** One dataset: what is in it, and the way to run a graph over it. */
export function DatasetScreen({ source }: { source: string }) {
  const [page, setPage] = useState<DatasetPage>()
  return (
    <div className="batch-page">
      <header className="screen-head">
        <div>
          <BackToLists />
          <h1>{page?.name ?? source.replace(/^(sample|data):/, '')}</h1>
          <p className="faint">{page ? `${plural(page.total, 'row')}, ${plural(page.columns.length, 'column')}` : 'Reading…'}</p>
        </div>
        <button
          type="button"
          className="btn primary"
          data-testid="run-over-dataset"
          onClick={() => place.setState({ place: { at: 'setup', source } })}
        >
          <Play /> Run a graph over it
        </button>
      </header>
      <DatasetTable source={source} onRead={setPage} />
    </div>
  )
}
