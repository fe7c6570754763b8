import { FileInput, GitCompareArrows, History, Search } from 'lucide-react'
import { useState } from 'react'
import type { RunCard } from '../../shared/api'
import { compare, mostCompared } from '../compare/chosen'
import { Hint } from '../hints/Hint'
import { Empty } from '../parts/parts'
import { useApp } from '../state/hooks'
import { RunDetail } from './RunDetail'
import { RunHead, RunRow } from './RunRow'
import { chooseBundle, openRun } from './run-actions'
import { matches, noFilter, type RunFilter } from './run-filter'
import { useRuns } from './use-runs'
import './screens.css'

/** All runs of all graphs: searched by what they answered, sorted out by how they went and what a person thought of them, compared, opened as they were. */
export function RunsScreen() {
  const app = useApp()
  const [search, setSearch] = useState('')
  const [filter, setFilter] = useState<RunFilter>(noFilter)
  const [marked, setMarked] = useState<readonly string[]>([])
  const [shown, setShown] = useState<string>()
  const { runs, reload } = useRuns(undefined, search)
  const found = (runs ?? []).filter((card) => matches(card, filter))
  const detail = found.find(({ id }) => id === shown)
  const toggle = (id: string) =>
    setMarked((before) => (before.includes(id) ? before.filter((other) => other !== id) : [...before, id].slice(-mostCompared)))
  return (
    <div className="screen runs-screen" data-testid="runs-screen">
      <header className="screen-head">
        <div>
          <h1>Runs</h1>
          <p className="faint">Every run is kept as it was: its graph, its inputs, its values.</p>
        </div>
        <button type="button" className="btn" onClick={() => void chooseBundle(app)}>
          <FileInput /> Open a run bundle…
        </button>
        <button
          type="button"
          className="btn primary"
          data-testid="compare-runs"
          disabled={marked.length < 2}
          onClick={() => compare(app, marked)}
        >
          <GitCompareArrows /> {marked.length < 2 ? 'Mark two to compare' : `Compare ${marked.length}`}
        </button>
      </header>
      {(runs?.length ?? 0) > 1 ? (
        <Hint id="compare">Mark two to four runs by the boxes at their left, then compare them word by word.</Hint>
      ) : null}
      <Filters runs={runs ?? []} filter={filter} setFilter={setFilter} search={search} setSearch={setSearch} />
      {found.length > 0 ? (
        <div className={detail ? 'runs-split has-detail' : 'runs-split'}>
          <div className="runs-table">
            <table className="data-table">
              <RunHead showGraph markable />
              <tbody>
                {found.map((card) => (
                  <RunRow
                    key={card.id}
                    card={card}
                    isShown={card.id === shown}
                    showGraph
                    isMarked={marked.includes(card.id)}
                    onMark={() => toggle(card.id)}
                    onChange={reload}
                    onSelect={() => setShown(card.id === shown ? undefined : card.id)}
                    onOpen={() => void openRun(app, card)}
                  />
                ))}
              </tbody>
            </table>
          </div>
          {detail ? <RunDetail key={detail.id} card={detail} onClose={() => setShown(undefined)} /> : null}
        </div>
      ) : (
        <Empty icon={<History />}>
          {runs ? (runs.length > 0 ? 'No run is like this.' : 'No runs yet: run a graph, and it is here.') : 'Reading…'}
        </Empty>
      )}
    </div>
  )
}

function Filters({
  runs,
  filter,
  setFilter,
  search,
  setSearch,
}: {
  runs: readonly RunCard[]
  filter: RunFilter
  setFilter(next: RunFilter): void
  search: string
  setSearch(next: string): void
}) {
  const graphs = [...new Map(runs.map((card) => [card.graph, card.graphName || 'Untitled']))]
  const tags = [...new Set(runs.flatMap((card) => card.tags))].sort()
  return (
    <div className="runs-filters">
      <div className="side-search">
        <Search aria-hidden />
        <input
          className="field"
          aria-label="Search in outputs"
          placeholder="Search in outputs, notes, tags…"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <select
        className="field"
        aria-label="Of which graph"
        value={filter.graph}
        onChange={(event) => setFilter({ ...filter, graph: event.target.value })}
      >
        <option value="">all graphs</option>
        {graphs.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        className="field"
        aria-label="How it went"
        value={filter.status}
        onChange={(event) => setFilter({ ...filter, status: event.target.value })}
      >
        <option value="">however it went</option>
        {['done', 'failed', 'stopped', 'running'].map((status) => (
          <option key={status}>{status}</option>
        ))}
      </select>
      <select
        className="field"
        aria-label="Marked as"
        value={filter.mark}
        onChange={(event) => setFilter({ ...filter, mark: event.target.value })}
      >
        <option value="">marked or not</option>
        <option value="star">starred</option>
        <option value="good">✓ good</option>
        <option value="bad">✗ bad</option>
        {tags.map((tag) => (
          <option key={tag} value={`#${tag}`}>{`#${tag}`}</option>
        ))}
      </select>
    </div>
  )
}
