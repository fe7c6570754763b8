import { useVirtualizer } from '@tanstack/react-virtual'
import { AlertTriangle, Check, RotateCcw, X } from 'lucide-react'
import { memo, useCallback, useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import type { BatchGridRow, OpenedBatch } from '../../shared/batch/api'
import type { BatchOutcome } from '../../shared/batch/cells'
import { parsePath, readPath } from '../../shared/batch/path'
import type { MetricSummary } from '../../shared/batch/summary'
import { formatCount } from '../parts/format'
import { openGraph } from '../state/app'
import { useApp } from '../state/hooks'
import { visitRun } from '../state/running'
import { toastError } from '../state/view'
import { tell } from './DatasetTable'
import { figureText } from './figures'
import type { createGrid } from './grid-state'

const rowHeight = 34

interface Layout {
  /** heading → path into the row */
  readonly fields: readonly { readonly title: string; readonly path: ReturnType<typeof parsePath>; readonly role: 'input' | 'expected' }[]
  readonly output: string | undefined
  readonly metrics: readonly MetricSummary[]
  readonly variants: readonly string[]
  readonly template: string
}

/** Every row under every variant. Only rows in sight are drawn, and a row is drawn again only when one of its own cells changes. */
export function BatchGrid({ grid, opened }: { grid: ReturnType<typeof createGrid>; opened: OpenedBatch }) {
  const app = useApp()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useStore(grid.store, (state) => state.rows)
  const known = useStore(grid.store, (state) => state.known)
  const { definition, summary, variants } = opened
  // biome-ignore lint/correctness/useExhaustiveDependencies: figures change all the time, the columns do not
  const layout = useMemo(() => layoutOf(opened), [definition, summary.length, variants.length])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  })
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => {
    if (rows.length > 0) grid.want(first, last)
  }, [grid, first, last, rows])
  const openRun = useCallback(
    async (run: string) => {
      try {
        const card = await app.client.call('runs.card', { run })
        const session = await openGraph(app, card.graph)
        if (session) await visitRun(app, session, card)
      } catch (error) {
        toastError(app.view, error)
      }
    },
    [app],
  )
  const retry = useCallback((row: number, variant: number) => void grid.retry({ row, variant }), [grid])
  return (
    <div className="grid-frame" ref={scroller} data-testid="batch-grid">
      <table className="grid-table" aria-label="Rows of the batch" aria-rowcount={rows.length + 2}>
        <thead className="grid-heads">
          <tr className="grid-head grid-groups" style={{ gridTemplateColumns: layout.template }}>
            <th scope="col" style={{ gridColumn: `span ${1 + layout.fields.length}` }}>
              Row
            </th>
            {layout.variants.map((name) => (
              <th scope="col" key={name} className="group-start" style={{ gridColumn: `span ${1 + layout.metrics.length}` }}>
                <b>{name}</b>
              </th>
            ))}
          </tr>
          <tr className="grid-head" style={{ gridTemplateColumns: layout.template }}>
            <th scope="col" className="number">
              #
            </th>
            {layout.fields.map(({ title, role }) => (
              <th scope="col" key={`${role}${title}`}>
                <b>{title}</b> {role === 'expected' ? <i className="faint">expected</i> : null}
              </th>
            ))}
            {layout.variants.map((variant) => [
              <th scope="col" key={`${variant} output`} className="group-start">
                {layout.output ?? 'output'}
              </th>,
              ...layout.metrics.map(({ name }) => (
                <th scope="col" key={`${variant} ${name}`} className="number">
                  {name}
                </th>
              )),
            ])}
          </tr>
        </thead>
        <tbody className="grid-body" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            <GridRow
              key={rows[item.index]}
              place={item.index}
              number={rows[item.index] ?? 0}
              start={item.start}
              row={known.get(rows[item.index] ?? -1)}
              layout={layout}
              onOpen={openRun}
              onRetry={retry}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p className="grid-none faint">No row is like that.</p> : null}
    </div>
  )
}

function layoutOf({ definition, summary, variants, interface: graph }: OpenedBatch): Layout {
  const inputs = Object.entries(definition.map).map(([title, path]) => ({ title, path: parsePath(path), role: 'input' as const }))
  const expected = [...new Set(definition.metrics.flatMap(({ expected: path }) => (path === undefined ? [] : [path])))].map((path) => ({
    title: path.replace(/^\./, '') || 'row',
    path: parsePath(path),
    role: 'expected' as const,
  }))
  const output = definition.metrics.find((use) => use.output !== undefined)?.output ?? Object.keys(graph.outputs)[0]
  const fields = [...inputs, ...expected]
  const perVariant = ['minmax(112px, 1fr)', ...summary.map(({ unit }) => (unit === 'share' ? '54px' : '76px'))].join(' ')
  return {
    fields,
    output,
    metrics: summary,
    variants,
    template: `48px ${fields.map(({ role }) => (role === 'input' ? 'minmax(190px, 1.6fr)' : 'minmax(104px, 0.7fr)')).join(' ')} ${variants.map(() => perVariant).join(' ')}`,
  }
}

const GridRow = memo(function GridRow({
  place,
  number,
  start,
  row,
  layout,
  onOpen,
  onRetry,
}: {
  place: number
  number: number
  start: number
  row: BatchGridRow | undefined
  layout: Layout
  onOpen(run: string): void
  onRetry(row: number, variant: number): void
}) {
  return (
    <tr
      aria-rowindex={place + 3}
      className="grid-row"
      data-testid={`grid-row-${number}`}
      style={{ height: rowHeight, transform: `translateY(${start}px)`, gridTemplateColumns: layout.template }}
    >
      <td className="number faint">{formatCount(number + 1)}</td>
      {layout.fields.map(({ title, path, role }) => {
        const text = row ? tell(readPath(row.fields, path)) : ''
        return (
          <td key={`${role}${title}`} className="clip" title={text}>
            {text}
          </td>
        )
      })}
      {layout.variants.map((name, variant) => (
        <Cells
          key={name}
          name={name}
          row={number}
          variant={variant}
          outcome={row?.cells[variant]}
          layout={layout}
          onOpen={onOpen}
          onRetry={onRetry}
        />
      ))}
    </tr>
  )
})

function Cells({
  name,
  row,
  variant,
  outcome,
  layout,
  onOpen,
  onRetry,
}: {
  name: string
  row: number
  variant: number
  outcome: BatchOutcome | null | undefined
  layout: Layout
  onOpen(run: string): void
  onRetry(row: number, variant: number): void
}) {
  const testId = `cell-${row}-${variant}`
  if (!outcome)
    return (
      <>
        <td className="group-start cell-open" data-testid={testId} data-status="missing">
          <span className="sr-only">not done</span>
        </td>
        {layout.metrics.map((metric) => (
          <td key={metric.name} className="cell-open" />
        ))}
      </>
    )
  const { run } = outcome
  if (outcome.status === 'failed')
    return (
      <td
        className="group-start cell-failed"
        style={{ gridColumn: `span ${1 + layout.metrics.length}` }}
        data-testid={testId}
        data-status="failed"
      >
        <AlertTriangle aria-hidden />
        <button
          type="button"
          className="cell-text"
          disabled={run === undefined}
          title={outcome.error?.message}
          aria-label={`Row ${row + 1}, ${name}: failed. ${outcome.error?.message ?? ''} Open its run.`}
          onClick={() => run !== undefined && onOpen(run)}
        >
          {outcome.error?.message ?? 'failed'}
        </button>
        <button type="button" className="btn small" aria-label={`Retry row ${row + 1}, ${name}`} onClick={() => onRetry(row, variant)}>
          <RotateCcw /> Retry
        </button>
      </td>
    )
  const output = layout.output === undefined ? undefined : outcome.outputs[layout.output]
  const text = tell(output?.preview)
  return (
    <>
      <td className="group-start" data-testid={testId} data-status="done">
        <button
          type="button"
          className="cell-text"
          title={text}
          aria-label={`Row ${row + 1}, ${name}: ${text}. Open its run on the canvas.`}
          onClick={() => run !== undefined && onOpen(run)}
        >
          {text === '' ? <i className="faint">(empty)</i> : text}
        </button>
      </td>
      {layout.metrics.map((metric) => (
        <td key={metric.name} className="number">
          <Score value={outcome.metrics[metric.name] ?? null} metric={metric} />
        </td>
      ))}
    </>
  )
}

/** Right and wrong have a sign, not a colour alone. */
function Score({ value, metric }: { value: number | null; metric: MetricSummary }) {
  if (value === null) return <span className="faint">–</span>
  if (metric.unit === 'share' && value === 1)
    return (
      <span className="score right">
        <Check role="img" aria-label="1, right" />
      </span>
    )
  if (metric.unit === 'share' && value === 0)
    return (
      <span className="score wrong">
        <X role="img" aria-label="0, wrong" />
      </span>
    )
  return <span>{figureText(value, metric.unit)}</span>
}
