import { Play, Plus } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { DatasetCard, DatasetPage, MetricCard } from '../../shared/batch/api'
import { suggestMap, suggestMetrics } from '../../shared/batch/columns'
import { type BatchDefinition, type BatchVariant, batchLimits } from '../../shared/batch/definition'
import { pathOfColumn } from '../../shared/batch/path'
import type { GraphDocument } from '../../shared/graph/document'
import { formatCount, plural } from '../parts/format'
import { askingFirst } from '../state/accepting'
import { useApp, useCatalog } from '../state/hooks'
import { toastError } from '../state/view'
import { BackToLists } from './Buttons'
import { MetricRows } from './MetricRows'
import { type Place, place } from './place'
import { letter, settables, whatIsMissing } from './setup'
import { VariantRows } from './VariantRows'

const blank: BatchDefinition = { name: '', map: {}, variants: [{ name: 'A', set: {}, models: {} }], metrics: [], seed: 0, keepGoing: true }

/** Before a batch: which graph, which rows, which column feeds which input, what is tried, what is measured. */
export function BatchSetup({ given }: { given: Extract<Place, { at: 'setup' }> }) {
  const app = useApp()
  const graphs = useCatalog((catalog) => catalog.graphs)
  const specs = useCatalog((catalog) => catalog.specs)
  const [sources, setSources] = useState<readonly DatasetCard[]>([])
  const [metrics, setMetrics] = useState<readonly MetricCard[]>([])
  const [graph, setGraph] = useState(given.graph ?? '')
  const [source, setSource] = useState(given.source ?? '')
  const [document, setDocument] = useState<GraphDocument>()
  const [page, setPage] = useState<DatasetPage>()
  const [definition, setDefinition] = useState(given.definition ?? blank)
  const [concurrency, setConcurrency] = useState(2)
  const [busy, setBusy] = useState(false)
  const report = useCallback((error: unknown) => toastError(app.view, error), [app])
  useEffect(() => {
    app.client.call('datasets.list').then(setSources, report)
    app.client.call('batches.metrics').then(setMetrics, report)
  }, [app, report])
  useEffect(() => {
    setDocument(undefined)
    if (graph !== '') app.client.call('graphs.open', { id: graph }).then((opened) => setDocument(opened.document), report)
  }, [app, graph, report])
  useEffect(() => {
    setPage(undefined)
    if (source !== '') app.client.call('datasets.rows', { source, from: 0, count: 3 }).then(setPage, report)
  }, [app, source, report])
  // A first guess, once both are known; what the person chose stays.
  useEffect(() => {
    if (!document || !page || given.definition) return
    const columns = page.columns.map(({ name }) => name)
    setDefinition((before) => ({
      ...before,
      map: suggestMap(document.interface.inputs, columns),
      metrics: before.metrics.length > 0 ? before.metrics : suggestMetrics(document.interface.outputs, columns),
    }))
  }, [document, page, given.definition])

  const columns = page?.columns.map(({ name }) => name) ?? []
  const change = (next: Partial<BatchDefinition>) => setDefinition((before) => ({ ...before, ...next }))
  const missing = whatIsMissing(definition, document, columns)
  const items = (page?.total ?? 0) * definition.variants.length
  const start = async () => {
    setBusy(true)
    await askingFirst(app, async () => {
      const { batch } = await app.client.call('batches.start', { graph, source, definition, concurrency })
      place.setState({ place: { at: 'batch', batch } })
    })
    setBusy(false)
  }
  const addVariant = () => {
    const next: BatchVariant = { ...(definition.variants.at(-1) ?? blank.variants[0]!), name: letter(definition.variants.length) }
    change({ variants: [...definition.variants, next] })
  }
  return (
    <form
      className="batch-setup"
      aria-label="New batch"
      onSubmit={(event) => {
        event.preventDefault()
        if (!missing && !busy) void start()
      }}
    >
      <header className="screen-head">
        <div>
          <BackToLists />
          <h1>New batch</h1>
          <p className="faint">Every row runs through the graph once for each variant. Rows that ran before are hits of the cache.</p>
        </div>
      </header>
      <section className="setup-block">
        <h2>What runs, on what</h2>
        <div className="setup-pair">
          <label>
            <span>Graph</span>
            <select className="field" value={graph} data-testid="setup-graph" onChange={(event) => setGraph(event.target.value)}>
              <option value="">Choose…</option>
              {graphs.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name || 'Untitled'}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>Dataset</span>
            <select className="field" value={source} data-testid="setup-dataset" onChange={(event) => setSource(event.target.value)}>
              <option value="">Choose…</option>
              {sources.map((card) => (
                <option key={card.source} value={card.source}>
                  {card.name}
                  {card.sample ? ' · sample' : ''}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>Name</span>
            <input
              className="field"
              placeholder="What do you want to know?"
              value={definition.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          </label>
        </div>
      </section>
      {document && page ? (
        <>
          <section className="setup-block">
            <h2>Columns to inputs</h2>
            <ul className="setup-rows">
              {Object.entries(document.interface.inputs).map(([name, input]) => (
                <li key={name}>
                  <span className="setup-name" title={input.doc}>
                    <b>{name}</b> <i className="faint">{input.type}</i>
                  </span>
                  <select
                    className="field"
                    aria-label={`Column for ${name}`}
                    data-testid={`map-${name}`}
                    value={definition.map[name] ?? ''}
                    onChange={(event) => {
                      const { [name]: _, ...map } = definition.map
                      change({ map: event.target.value === '' ? map : { ...map, [name]: event.target.value } })
                    }}
                  >
                    <option value="">{input.default === undefined ? 'nothing' : 'its default'}</option>
                    {columns.map((column) => (
                      <option key={column} value={pathOfColumn(column)}>
                        {column}
                      </option>
                    ))}
                  </select>
                </li>
              ))}
            </ul>
          </section>
          <section className="setup-block">
            <h2>Variants</h2>
            <VariantRows
              variants={definition.variants}
              settables={settables(document, specs)}
              onChange={(variants) => change({ variants })}
            />
            <button
              type="button"
              className="btn small"
              data-testid="add-variant"
              disabled={definition.variants.length >= 8}
              onClick={addVariant}
            >
              <Plus /> Add a variant
            </button>
          </section>
          <section className="setup-block">
            <h2>Metrics</h2>
            <MetricRows
              uses={definition.metrics}
              metrics={metrics}
              outputs={Object.keys(document.interface.outputs)}
              columns={columns}
              onChange={(next) => change({ metrics: next })}
            />
          </section>
        </>
      ) : null}
      <footer className="setup-foot">
        <label className="setup-slider">
          <span>At once</span>
          <input
            type="range"
            min={1}
            max={batchLimits.concurrency}
            value={concurrency}
            aria-label="Items at work at once"
            onChange={(event) => setConcurrency(Number(event.target.value))}
          />
          <b className="number">{concurrency}</b>
        </label>
        <label className="setup-check">
          <input type="checkbox" checked={definition.keepGoing} onChange={(event) => change({ keepGoing: event.target.checked })} />
          <span>Go on after a failed row</span>
        </label>
        <span className="faint">
          {missing ?? `${plural(page?.total ?? 0, 'row')} × ${plural(definition.variants.length, 'variant')} = ${formatCount(items)} runs`}
        </span>
        <button type="submit" className="btn primary large" data-testid="start-batch" disabled={missing !== undefined || busy}>
          <Play /> Run the batch
        </button>
      </footer>
    </form>
  )
}
