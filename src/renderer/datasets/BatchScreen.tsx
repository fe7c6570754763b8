import { Download, Pause, Play, RotateCcw, Square, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { BatchFilter, OpenedBatch } from '../../shared/batch/api'
import { batchLimits } from '../../shared/batch/definition'
import { slugify } from '../../shared/graph/ids'
import { saveFile } from '../parts/files'
import { formatCount, leftText, plural } from '../parts/format'
import { ProgressBar, Tip } from '../parts/parts'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'
import { BatchGrid } from './BatchGrid'
import { BatchSummary } from './BatchSummary'
import { BackToLists } from './Buttons'
import { createGrid, isGoing as goesOn } from './grid-state'
import { place } from './place'
import { StatusChip } from './StatusChip'
import { Workers } from './Workers'

type GridHandle = ReturnType<typeof createGrid>

/** One batch: how far it is, what the figures say, and every cell. */
export function BatchScreen({ batch }: { batch: string }) {
  const app = useApp()
  const [grid, setGrid] = useState<GridHandle>()
  useEffect(() => {
    const made = createGrid(app, batch)
    setGrid(made)
    return () => made.close()
  }, [app, batch])
  return grid ? <Shown grid={grid} /> : null
}

function Shown({ grid }: { grid: GridHandle }) {
  const opened = useStore(grid.store, (state) => state.opened)
  if (!opened) return <p className="faint">Reading…</p>
  return (
    <div className="batch-page">
      <Head grid={grid} opened={opened} />
      <BatchSummary opened={opened} />
      <Workers grid={grid} opened={opened} />
      <Filters grid={grid} opened={opened} />
      <BatchGrid grid={grid} opened={opened} />
    </div>
  )
}

function Head({ grid, opened }: { grid: GridHandle; opened: OpenedBatch }) {
  const app = useApp()
  const { status, progress, name, graphName, datasetName, variants, rows, graph } = opened
  const isGoing = goesOn(opened)
  const over = progress.done + progress.failed
  const save = () =>
    app.client
      .call('batches.export', { batch: opened.id })
      .then((csv) => saveFile(`${slugify(name || graphName, 'batch')}.csv`, csv, 'text/csv'))
      .catch((error) => toastError(app.view, error))
  const remove = () =>
    app.client
      .call('batches.delete', { batch: opened.id })
      .then(() => place.setState({ place: { at: 'lists' } }))
      .catch((error) => toastError(app.view, error))
  return (
    <header className="batch-head">
      <div className="batch-title">
        <BackToLists />
        <h1>{name || graphName || 'Untitled'}</h1>
        <StatusChip status={status} failed={progress.failed} />
      </div>
      <div className="batch-tools">
        {isGoing ? (
          <label className="setup-slider">
            <span>At once</span>
            <input
              type="range"
              min={1}
              max={batchLimits.concurrency}
              value={opened.concurrency}
              aria-label="Items at work at once"
              onChange={(event) => grid.setConcurrency(Number(event.target.value))}
            />
            <b className="number">{opened.concurrency}</b>
          </label>
        ) : null}
        {progress.failed > 0 ? (
          <button type="button" className="btn" data-testid="retry-failed" onClick={() => void grid.retry()}>
            <RotateCcw /> Retry {formatCount(progress.failed)} failed
          </button>
        ) : null}
        {status === 'running' ? (
          <button type="button" className="btn" data-testid="pause-batch" onClick={() => void grid.act('pause')}>
            <Pause /> Pause
          </button>
        ) : null}
        {status === 'paused' || (!isGoing && over < progress.items) ? (
          <button type="button" className="btn primary" data-testid="resume-batch" onClick={() => void grid.act('resume')}>
            <Play /> Go on
          </button>
        ) : null}
        {isGoing ? (
          <button type="button" className="btn stop" data-testid="stop-batch" onClick={() => void grid.act('stop')}>
            <Square /> Stop
          </button>
        ) : (
          <>
            <button
              type="button"
              className="btn"
              data-testid="batch-again"
              onClick={() => place.setState({ place: { at: 'setup', graph, definition: opened.definition } })}
            >
              <Play /> Run anew…
            </button>
            <Tip text="Save the whole grid as CSV">
              <button
                type="button"
                className="btn quiet icon"
                aria-label="Save as CSV"
                data-testid="export-batch"
                onClick={() => void save()}
              >
                <Download />
              </button>
            </Tip>
            <Tip text="Delete this batch and its runs">
              <button type="button" className="btn quiet icon" aria-label="Delete this batch" onClick={() => void remove()}>
                <Trash2 />
              </button>
            </Tip>
          </>
        )}
      </div>
      <div className="batch-progress">
        <ProgressBar label="Items done" fraction={over / Math.max(1, progress.items)} />
        <span className="faint" data-testid="batch-progress">
          {`${formatCount(over)} of ${formatCount(progress.items)}`}
          {progress.failed > 0 ? `, ${formatCount(progress.failed)} failed` : ''}
          {isGoing ? ` · ${formatCount(progress.active)} at work` : ''}
          {isGoing && progress.secondsLeft !== undefined ? ` · ${leftText(progress.secondsLeft)}` : ''}
          {` · ${graphName || 'Untitled'} over ${datasetName}, ${plural(rows, 'row')} × ${plural(variants.length, 'variant')}`}
        </span>
      </div>
    </header>
  )
}

/** Which rows are shown. “A right, B wrong” where a metric is a share, “A better than B” where it is a measure. */
function Filters({ grid, opened }: { grid: GridHandle; opened: OpenedBatch }) {
  const filter = useStore(grid.store, (state) => state.filter)
  const shown = useStore(grid.store, (state) => state.rows.length)
  const { variants, summary, definition, rows } = opened
  const others = variants.map((name, variant) => ({ name, variant })).slice(1)
  const metric = definition.metrics.find(({ name }) => name === filter.metric) ?? definition.metrics[0]
  const unit = summary.find(({ name }) => name === metric?.name)?.unit
  const [right, wrong] = unit === 'share' ? ['right', 'wrong'] : ['better', 'worse']
  const options: { readonly label: string; readonly filter: BatchFilter }[] = [
    { label: 'All rows', filter: { show: 'all' } },
    { label: 'Failed', filter: { show: 'failed' } },
    { label: 'Not done', filter: { show: 'missing' } },
    ...(unit === 'share'
      ? variants.map((name, variant) => ({
          label: variants.length === 1 ? 'Wrong' : `${name} wrong`,
          filter: { show: 'wrong' as const, metric: metric?.name, variant },
        }))
      : []),
    ...others.flatMap(({ name, variant }) => [
      { label: `${variants[0]} ${right}, ${name} ${wrong}`, filter: { show: 'worse' as const, metric: metric?.name, variant } },
      { label: `${variants[0]} ${wrong}, ${name} ${right}`, filter: { show: 'better' as const, metric: metric?.name, variant } },
      { label: `${variants[0]} and ${name} answer differently`, filter: { show: 'different' as const, variant } },
    ]),
  ]
  const key = (one: BatchFilter) => `${one.show} ${one.variant ?? ''}`
  return (
    <div className="batch-filters">
      <label>
        <span className="faint">Show</span>
        <select
          className="field"
          aria-label="Rows that are shown"
          data-testid="batch-filter"
          value={key(filter)}
          onChange={(event) => {
            const chosen = options.find((option) => key(option.filter) === event.target.value)
            if (chosen) grid.filter(chosen.filter)
          }}
        >
          {options.map((option) => (
            <option key={key(option.filter)} value={key(option.filter)}>
              {option.label}
            </option>
          ))}
        </select>
      </label>
      {(others.length > 0 || filter.metric !== undefined) && definition.metrics.length > 1 ? (
        <label>
          <span className="faint">by</span>
          <select
            className="field"
            aria-label="Metric of the filter"
            value={metric?.name}
            onChange={(event) => grid.filter({ ...filter, metric: event.target.value })}
          >
            {definition.metrics.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      ) : null}
      <span className="faint" role="status" data-testid="shown-rows">
        {shown === rows ? plural(rows, 'row') : `${formatCount(shown)} of ${plural(rows, 'row')}`}
      </span>
    </div>
  )
}
