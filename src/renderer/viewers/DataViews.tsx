import type { ReactNode } from 'react'
import { isJsonObject, type Json } from '../../shared/json'
import { formatBytes, plural } from '../parts/format'
import { itemsOf, numbered, numberOf } from './items'
import { field } from './preview'

export function DatasetView({ data }: { data: Json }) {
  if (!isJsonObject(data)) return <JsonView data={data} />
  const columns = itemsOf(data.columns ?? []).map(String)
  const rows = itemsOf(data.rows ?? [])
  return (
    <>
      <p className="value-kicker">{`${field(data, 'name')} · ${plural(rows.length, 'row')}${rows.length > 100 ? ', the first 100 shown' : ''}`}</p>
      <div className="value-scroll">
        <table className="value-table grid">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {numbered(rows.slice(0, 100)).map(({ key, item: row }) => (
              <tr key={key}>
                {columns.map((column) => (
                  <td key={column}>{field(row, column)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

export function ModelView({ data }: { data: Json }) {
  const size = numberOf(data, 'sizeBytes')
  const facts = [
    ['Name', field(data, 'name')],
    ['Architecture', field(data, 'architecture')],
    ['Size', size === undefined ? '' : formatBytes(size)],
    ['SHA-256', field(data, 'id').slice(0, 16)],
    ['Vocabulary', field(data, 'vocabulary').slice(0, 16)],
  ]
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** An expression as an indented tree: operator, its settings, then what it works on. */
export function ExpressionView({ data, depth = 0 }: { data: Json; depth?: number }): ReactNode {
  if (!isJsonObject(data) || depth > 12) return <JsonView data={data} />
  const name = field(data, 'op') || field(data, 'drafter')
  const model = isJsonObject(data.model) ? field(data.model, 'name') : ''
  const params = isJsonObject(data.params) ? Object.entries(data.params).map(([key, value]) => `${key} ${JSON.stringify(value)}`) : []
  const inner = [...Object.values(isJsonObject(data.inputs) ? data.inputs : {}), data.of, data.tuned, data.base, data.models]
    .flatMap((item) => (Array.isArray(item) ? (item as readonly Json[]) : item === undefined ? [] : [item]))
    .map((item) => (isJsonObject(item) && item.weights !== undefined ? item.weights : item))
  return (
    <div className="expression">
      <p>
        <b>{name || 'expression'}</b> {model} <span className="faint">{params.join(' · ')}</span>
      </p>
      {inner.map((item) => (
        <ExpressionView key={JSON.stringify(item)} data={item as Json} depth={depth + 1} />
      ))}
    </div>
  )
}

export function JsonView({ data }: { data: Json }) {
  const text = JSON.stringify(data, null, 2)
  return <pre className="value-json">{text.length > 20_000 ? `${text.slice(0, 20_000)}\n…` : text}</pre>
}
