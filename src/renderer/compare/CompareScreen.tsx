import { GitCompareArrows, History, X } from 'lucide-react'
import type { RunCard } from '../../shared/api'
import { semanticDiff } from '../../shared/graph/semantic-diff'
import { useRuns } from '../panels/use-runs'
import { formatAgo } from '../parts/format'
import { Empty } from '../parts/parts'
import { openGraph } from '../state/app'
import { useApp, useCatalog, useView } from '../state/hooks'
import { visitRun } from '../state/running'
import { showDocumentsDiff } from '../versions/looking'
import { CompareTable } from './CompareTable'
import { lastPairs, mostCompared, setCompared } from './chosen'
import { type Compared, useCompared } from './use-compared'

/** Two to four runs side by side, of one graph or of several. */
export function CompareScreen() {
  const ids = useView((view) => view.compare)
  const runs = useCompared(ids)
  const there = runs.flatMap((run) => run ?? [])
  return (
    <div className="screen compare-screen" data-testid="compare-screen">
      <header className="screen-head">
        <div>
          <h1>Compare</h1>
          <p className="faint">Up to four runs side by side: where they part, what they answered, what they took.</p>
        </div>
        <AddRun ids={ids} />
      </header>
      {ids.length === 0 ? (
        <NoneChosen />
      ) : (
        <CompareTable runs={runs} heads={ids.map((id, i) => <Head key={id} id={id} place={i + 1} run={runs[i]} />)} />
      )}
      {there.length > 1 ? <GraphChanges runs={there} /> : null}
    </div>
  )
}

function AddRun({ ids }: { ids: readonly string[] }) {
  const app = useApp()
  const { runs = [] } = useRuns(undefined, '')
  return (
    <select
      className="field compare-add"
      aria-label="Add a run"
      value=""
      disabled={ids.length >= mostCompared}
      onChange={(event) => setCompared(app, [...ids, event.target.value])}
    >
      <option value="">{ids.length >= mostCompared ? 'Four are the most' : 'Add a run…'}</option>
      {runs
        .filter(({ id }) => !ids.includes(id))
        .slice(0, 60)
        .map((card) => (
          <option key={card.id} value={card.id}>
            {nameRun(card)}
          </option>
        ))}
    </select>
  )
}

/** The likeliest wish first: what changed since the run before, of the graphs that ran last. */
function NoneChosen() {
  const app = useApp()
  const { runs = [] } = useRuns(undefined, '')
  const pairs = lastPairs(runs)
  return (
    <Empty icon={<GitCompareArrows />}>
      <p>
        {pairs.length === 0
          ? 'Run a graph twice, and see here where the two runs part.'
          : 'Choose runs above, or mark them among all runs.'}
      </p>
      <div className="compare-pairs">
        {pairs.map(([before, last]) => (
          <button key={last.id} type="button" className="btn" onClick={() => setCompared(app, [before.id, last.id])}>
            <GitCompareArrows /> {`Last two runs of ${last.graphName || 'Untitled'}`}
          </button>
        ))}
        <button type="button" className="btn quiet" onClick={() => app.view.setState({ screen: 'runs' })}>
          <History /> All runs
        </button>
      </div>
    </Empty>
  )
}

export const nameRun = (card: RunCard): string =>
  `${card.graphName || 'Untitled'}${card.variant ? ` ${card.variant.label}` : ''} · ${formatAgo(card.startedAt, Date.now())} · ${card.outputs[0]?.preview.slice(0, 40) ?? card.status}`

function Head({ id, place, run }: { id: string; place: number; run: Compared | undefined }) {
  const app = useApp()
  const ids = useView((view) => view.compare)
  const open = async (card: RunCard) => {
    const session = await openGraph(app, card.graph)
    if (session) await visitRun(app, session, card)
  }
  return (
    <div className="compare-head">
      <span className="chip">{place}</span>
      {run ? (
        <button type="button" className="link" title="Open as of then" onClick={() => void open(run.card)}>
          {run.card.graphName || 'Untitled'}
        </button>
      ) : (
        <span className="faint">reading…</span>
      )}
      <button
        type="button"
        className="btn quiet icon small"
        aria-label={`Leave run ${place} out`}
        onClick={() =>
          setCompared(
            app,
            ids.filter((other) => other !== id),
          )
        }
      >
        <X />
      </button>
      {run ? (
        <span className="faint">
          {`${formatAgo(run.card.startedAt, Date.now())} · ${run.card.status}`}
          {run.card.variant ? ` · ${run.card.variant.param} = ${JSON.stringify(run.card.variant.value)}` : ''}
        </span>
      ) : null}
    </div>
  )
}

/** What differs between the graphs that ran, in words, and on the canvas. */
function GraphChanges({ runs }: { runs: readonly Compared[] }) {
  const app = useApp()
  const specs = useCatalog((catalog) => catalog.specs)
  const [first] = runs
  if (!first) return null
  const onCanvas = async (other: Compared, place: number) => {
    const session = await openGraph(app, other.card.graph)
    if (session)
      showDocumentsDiff(app, session, { name: 'run 1', document: first.document }, { name: `run ${place}`, document: other.document })
  }
  return (
    <section className="compare-graphs">
      <h2>The graphs that ran</h2>
      {runs.slice(1).map((other, i) => {
        const changes = semanticDiff(first.document, other.document, specs)
        return (
          <div key={other.card.id} className="compare-change" data-testid="graph-changes">
            <b>{`1 → ${i + 2}`}</b>
            {changes.length === 0 ? (
              <span className="faint">the same graph</span>
            ) : (
              <>
                <ul>
                  {changes.slice(0, 12).map((change) => (
                    <li key={`${change.scope} ${change.what} ${change.node} ${change.name}`}>{change.sentence}</li>
                  ))}
                  {changes.length > 12 ? <li>{`and ${changes.length - 12} more`}</li> : null}
                </ul>
                <button type="button" className="btn small" onClick={() => void onCanvas(other, i + 2)}>
                  <GitCompareArrows /> Show on the canvas
                </button>
              </>
            )}
          </div>
        )
      })}
    </section>
  )
}
