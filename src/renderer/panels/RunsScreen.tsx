import { History, Search } from 'lucide-react'
import { useState } from 'react'
import type { RunCard } from '../../shared/api'
import { Empty } from '../parts/parts'
import { openGraph } from '../state/app'
import { useApp } from '../state/hooks'
import { visitRun } from '../state/running'
import { RunHead, RunRow } from './RunRow'
import { useRuns } from './use-runs'
import './screens.css'

/** All runs of all graphs, searched by what they answered. */
export function RunsScreen() {
  const app = useApp()
  const [search, setSearch] = useState('')
  const { runs, reload } = useRuns(undefined, search)
  const open = async (card: RunCard) => {
    const session = await openGraph(app, card.graph)
    if (session) await visitRun(app, session, card)
  }
  return (
    <div className="screen" data-testid="runs-screen">
      <header className="screen-head">
        <div>
          <h1>Runs</h1>
          <p className="faint">Every run is kept as it was: its graph, its inputs, its values.</p>
        </div>
        <div className="side-search">
          <Search aria-hidden />
          <input
            className="field"
            aria-label="Search in outputs"
            placeholder="Search in outputs…"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      </header>
      {runs && runs.length > 0 ? (
        <table className="data-table">
          <RunHead showGraph />
          <tbody>
            {runs.map((card) => (
              <RunRow key={card.id} card={card} isShown={false} showGraph onChange={reload} onOpen={() => void open(card)} />
            ))}
          </tbody>
        </table>
      ) : (
        <Empty icon={<History />}>{runs ? 'No runs.' : 'Reading…'}</Empty>
      )}
    </div>
  )
}
