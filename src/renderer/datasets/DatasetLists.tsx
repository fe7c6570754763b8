import { ClipboardPaste, Database, FlaskConical, Grid3x3, History, Play, Trash2, Upload } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { TemplateCard } from '../../shared/api'
import type { BatchCard, DatasetCard } from '../../shared/batch/api'
import { chooseFile } from '../parts/files'
import { formatAgo, formatBytes, plural } from '../parts/format'
import { Dialog, Empty, ProgressBar } from '../parts/parts'
import { createGraph } from '../state/app'
import { refreshResources } from '../state/catalog'
import { useApp, useCatalog } from '../state/hooks'
import { toastError } from '../state/view'
import { acceptedFiles, addFile, addPasted } from './adding'
import { meanText } from './figures'
import { place } from './place'
import { StatusChip } from './StatusChip'
import { startTemplateBatch } from './template-batch'

/** What there is: datasets on the left, batches on the right. */
export function DatasetLists() {
  const app = useApp()
  const [isPasting, setPasting] = useState(false)
  const [isOver, setOver] = useState(false)
  const choose = async () => addFile(app, app.house.upload ? await chooseFile(acceptedFiles) : undefined)
  return (
    <section
      className={isOver ? 'dataset-lists is-over' : 'dataset-lists'}
      aria-label="Datasets and batches"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const [file] = event.dataTransfer.files
        if (file) void addFile(app, file)
      }}
    >
      <header className="screen-head">
        <div>
          <h1>Datasets</h1>
          <p className="faint">
            Ask a graph many questions at once, and see which setting answers best. Drop a CSV or JSONL file anywhere here.
          </p>
        </div>
        <button type="button" className="btn" data-testid="paste-dataset" onClick={() => setPasting(true)}>
          <ClipboardPaste /> Paste
        </button>
        <button type="button" className="btn" data-testid="add-dataset" onClick={() => void choose()}>
          <Upload /> Add a file
        </button>
        <button type="button" className="btn primary" data-testid="new-batch" onClick={() => place.setState({ place: { at: 'setup' } })}>
          <Play /> New batch
        </button>
      </header>
      <div className="dataset-columns">
        <Batches />
        <Datasets />
      </div>
      {isPasting ? <PasteDialog onClose={() => setPasting(false)} /> : null}
    </section>
  )
}

function PasteDialog({ onClose }: { onClose(): void }) {
  const app = useApp()
  const [text, setText] = useState('')
  return (
    <Dialog
      title="Paste a table"
      onClose={onClose}
      foot={
        <button
          type="button"
          className="btn primary"
          disabled={text.trim() === ''}
          onClick={() => void addPasted(app, text).then((done) => done && onClose())}
        >
          Add it
        </button>
      }
    >
      <textarea
        className="field mono"
        rows={12}
        aria-label="Rows"
        placeholder={'question,gold\nWhat is the capital of France?,Paris\n\nor a JSON object a line'}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </Dialog>
  )
}

function Datasets() {
  const app = useApp()
  const resources = useCatalog((catalog) => catalog.resources)
  const [cards, setCards] = useState<readonly DatasetCard[]>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when the data that is known here changes
  useEffect(() => {
    app.client.call('datasets.list').then(setCards, (error) => toastError(app.view, error))
  }, [app, resources])
  const remove = (card: DatasetCard) =>
    app.client
      .call('resources.remove', { id: card.source })
      .then(() => refreshResources(app.client, app.catalog))
      .catch((error) => toastError(app.view, error))
  return (
    <section className="home-section" aria-label="Your datasets">
      <h2 className="family-head">Data</h2>
      {cards?.length === 0 ? <Empty icon={<Database />}>No dataset yet: add a file, paste a table, or drop one here.</Empty> : null}
      <ul className="dataset-list">
        {cards?.map((card) => (
          <li key={card.source} className="dataset-card">
            <button
              type="button"
              className="dataset-open"
              data-testid={`dataset-${card.source}`}
              onClick={() => place.setState({ place: { at: 'dataset', source: card.source } })}
            >
              {card.sample ? <FlaskConical aria-hidden /> : <Database aria-hidden />}
              <b>{card.name}</b>
              <span className="faint">{`${card.sample ? 'sample, ' : ''}${formatBytes(card.sizeBytes)}`}</span>
            </button>
            <button
              type="button"
              className="btn quiet icon small"
              aria-label={`Run a graph over ${card.name}`}
              onClick={() => place.setState({ place: { at: 'setup', source: card.source } })}
            >
              <Play />
            </button>
            {card.sample ? null : (
              <button type="button" className="btn quiet icon small" aria-label={`Forget ${card.name}`} onClick={() => void remove(card)}>
                <Trash2 />
              </button>
            )}
          </li>
        ))}
      </ul>
      <FromRuns />
    </section>
  )
}

/** Past runs as data: what was asked, and what was answered. */
function FromRuns() {
  const app = useApp()
  const graphs = useCatalog((catalog) => catalog.graphs)
  const ran = graphs.filter(({ lastRun }) => lastRun !== undefined)
  if (ran.length === 0) return null
  const make = (graph: string) =>
    app.client
      .call('datasets.fromRuns', { graph })
      .then(async ({ source }) => {
        await refreshResources(app.client, app.catalog)
        place.setState({ place: { at: 'dataset', source } })
      })
      .catch((error) => toastError(app.view, error))
  return (
    <label className="from-runs">
      <History aria-hidden />
      <span>From the runs of</span>
      <select className="field" value="" onChange={(event) => void make(event.target.value)} data-testid="dataset-from-runs">
        <option value="">choose a graph…</option>
        {ran.map(({ id, name }) => (
          <option key={id} value={id}>
            {name || 'Untitled'}
          </option>
        ))}
      </select>
    </label>
  )
}

function Batches() {
  const app = useApp()
  const [cards, setCards] = useState<readonly BatchCard[]>()
  const example = useCatalog((catalog) => catalog.templates.find(({ batch }) => batch !== undefined))
  const fill = async (template: TemplateCard) => {
    const session = await createGraph(app, template.title, { id: template.id, real: false })
    if (session && template.batch) await startTemplateBatch(app, session.id, template.batch).catch((error) => toastError(app.view, error))
  }
  const read = useCallback(() => void app.client.call('batches.list', {}).then(setCards, (error) => toastError(app.view, error)), [app])
  useEffect(() => {
    read()
    const leave = app.client.on('batch.listChanged', read)
    const timer = setInterval(read, 2000)
    return () => {
      leave()
      clearInterval(timer)
    }
  }, [app, read])
  return (
    <section className="home-section" aria-label="Batches">
      <h2 className="family-head">Batches</h2>
      {cards?.length === 0 ? (
        <Empty icon={<Grid3x3 />}>
          <p>No batch yet. A batch runs a graph once for each row of a table, and counts how often it is right.</p>
          <p className="button-row">
            {example ? (
              <button type="button" className="btn primary" data-testid="example-batch" onClick={() => void fill(example)}>
                <Play /> Fill one on the toys
              </button>
            ) : null}
            <button type="button" className="btn" onClick={() => place.setState({ place: { at: 'setup' } })}>
              Set up your own
            </button>
          </p>
        </Empty>
      ) : null}
      <ul className="batch-list">
        {cards?.map((card) => (
          <li key={card.id}>
            <button
              type="button"
              className="batch-card"
              data-testid={`batch-${card.id}`}
              onClick={() => place.setState({ place: { at: 'batch', batch: card.id } })}
            >
              <span className="batch-card-head">
                <b>{card.name || card.graphName || 'Untitled'}</b>
                <StatusChip status={card.status} failed={card.progress.failed} />
              </span>
              <span className="faint">{`${card.graphName || 'Untitled'} over ${card.datasetName}, ${plural(card.rows, 'row')} × ${plural(card.variants.length, 'variant')}, ${formatAgo(card.createdAt, Date.now())}`}</span>
              {card.status === 'running' || card.status === 'paused' ? (
                <ProgressBar label="Items done" fraction={(card.progress.done + card.progress.failed) / Math.max(1, card.progress.items)} />
              ) : (
                <FirstFigures card={card} />
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function FirstFigures({ card }: { card: BatchCard }) {
  const [metric] = card.summary
  if (!metric) return null
  return (
    <span className="first-figures">
      <span className="faint">{metric.name}</span>
      {card.variants.map((name, place) => (
        <span key={name}>
          {name} <b>{meanText(metric.variants[place]?.mean, metric.unit)}</b>
        </span>
      ))}
    </span>
  )
}
