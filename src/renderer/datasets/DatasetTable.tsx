import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { DatasetPage } from '../../shared/batch/api'
import type { Column } from '../../shared/batch/columns'
import type { Json, JsonObject } from '../../shared/json'
import { formatCount, plural } from '../parts/format'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'
import { usePages } from './use-pages'

const rowHeight = 30

/** A look into a dataset: typed columns, and only the rows in sight are drawn, however many there are. */
export function DatasetTable({
  source,
  onRead,
  onFail,
}: {
  source: string
  onRead?(page: DatasetPage): void
  onFail?(error: unknown): void
}) {
  const app = useApp()
  const [head, setHead] = useState<DatasetPage>()
  const scroller = useRef<HTMLDivElement>(null)
  const report = useCallback((error: unknown) => toastError(app.view, error), [app])
  useEffect(() => {
    let isWanted = true
    setHead(undefined)
    app.client.call('datasets.rows', { source, from: 0, count: 0 }).then((page) => {
      if (!isWanted) return
      setHead(page)
      onRead?.(page)
    }, onFail ?? report)
    return () => {
      isWanted = false
    }
  }, [app, source, report, onRead, onFail])
  const fetchPage = useCallback(
    (from: number, count: number) => app.client.call('datasets.rows', { source, from, count }).then((page) => page.rows),
    [app, source],
  )
  const total = head?.total ?? 0
  const { row, want } = usePages<JsonObject>(source, total, fetchPage, report)
  const virtual = useVirtualizer({ count: total, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12 })
  const items = virtual.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => {
    if (total > 0) want(first, last)
  }, [want, first, last, total])
  if (!head) return <p className="faint">Reading…</p>
  const template = `64px ${head.columns.map(({ type }) => (type === 'number' || type === 'yes or no' ? '120px' : 'minmax(180px, 1fr)')).join(' ')}`
  return (
    <div className="grid-frame" ref={scroller} data-testid="dataset-table">
      <table className="grid-table" aria-label={`${head.name}, ${plural(total, 'row')}`} aria-rowcount={total + 1}>
        <thead className="grid-heads">
          <tr className="grid-head" style={{ gridTemplateColumns: template }}>
            <th scope="col" className="number">
              #
            </th>
            {head.columns.map((column) => (
              <ColumnHead key={column.name} column={column} />
            ))}
          </tr>
        </thead>
        <tbody className="grid-body" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            <tr
              key={item.key}
              aria-rowindex={item.index + 2}
              className="grid-row"
              style={{ height: rowHeight, transform: `translateY(${item.start}px)`, gridTemplateColumns: template }}
            >
              <td className="number faint">{formatCount(item.index + 1)}</td>
              {head.columns.map(({ name, type }) => (
                <td key={name} className={type === 'number' ? 'number clip' : 'clip'} title={tell(row(item.index)?.[name])}>
                  {tell(row(item.index)?.[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ColumnHead({ column }: { column: Column }) {
  return (
    <th scope="col" className={column.type === 'number' ? 'number' : ''}>
      <b>{column.name}</b> <i className="faint">{column.type}</i>
    </th>
  )
}

export const tell = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
