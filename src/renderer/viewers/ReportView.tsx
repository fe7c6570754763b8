import { useState } from 'react'
import type { Json } from '../../shared/json'
import { formatCount, plural } from '../parts/format'
import { DataTable } from './DataTable'
import { Facts, JsonView } from './DataViews'
import { type ReportParts, type ReportTable, reportParts, textOf } from './report'

/** A report of a node, readable; as the JSON that it is on demand, and where no other form fits. */
export function ReportView({ data }: { data: Json }) {
  const [isOpen, setOpen] = useState(false)
  const parts = reportParts(data)
  if (data === null) return <p className="faint">Nothing.</p>
  if (!parts) return Array.isArray(data) && textOf(data) !== undefined ? <p>{textOf(data)}</p> : <JsonView data={data} />
  return (
    <div className="report">
      <Parts parts={parts} />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>As JSON</summary>
        {isOpen ? <JsonView data={data} /> : null}
      </details>
    </div>
  )
}

function Parts({ parts: { facts, tables, inner } }: { parts: ReportParts }) {
  return (
    <>
      {facts.length > 0 ? <Facts facts={facts} /> : null}
      {inner.map(([name, parts]) => (
        <section key={name}>
          <h4>{name}</h4>
          <Parts parts={parts} />
        </section>
      ))}
      {tables.map((table) => (
        <Table key={table.name} table={table} />
      ))}
    </>
  )
}

function Table({ table: { name, columns, rows, total } }: { table: ReportTable }) {
  return (
    <section>
      <h4>
        {name}{' '}
        <span className="faint">
          {rows.length < total ? `the first ${formatCount(rows.length)} of ${plural(total, 'row')}` : plural(total, 'row')}
        </span>
      </h4>
      <DataTable label={name || 'Rows'} columns={columns} rows={rows} />
    </section>
  )
}
