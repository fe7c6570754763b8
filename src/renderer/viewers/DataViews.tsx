import type { ReactNode } from 'react'
import { isJsonObject, type Json } from '../../shared/json'
import { formatBytes, plural } from '../parts/format'
import { DataTable } from './DataTable'
import { itemsOf, numberOf } from './items'
import { field } from './preview'
import { quantityNames } from './quantity-names'
import { Sha256 } from './Sha256'

export function DatasetView({ data }: { data: Json }) {
  if (!isJsonObject(data)) return <JsonView data={data} />
  const columns = itemsOf(data.columns ?? []).map(String)
  const rows = itemsOf(data.rows ?? [])
  return (
    <>
      <p className="value-kicker">{`${field(data, 'name')} · ${plural(rows.length, 'row')}${rows.length > 100 ? ', the first 100 shown' : ''}`}</p>
      <DataTable
        label={field(data, 'name') || 'Rows'}
        columns={columns}
        rows={rows.slice(0, 100).map((row) => columns.map((column) => field(row, column)))}
      />
    </>
  )
}

export function ModelView({ data }: { data: Json }) {
  const size = numberOf(data, 'sizeBytes')
  const [id, vocabulary] = [field(data, 'id'), field(data, 'vocabulary')]
  const facts: readonly Fact[] = [
    ['Name', field(data, 'name')],
    ['Architecture', field(data, 'architecture')],
    ['Size', size === undefined ? '' : formatBytes(size)],
    // a remote model's id is no hash
    ['SHA-256', /^[0-9a-f]{64}$/.test(id) && <Sha256 key={id} text={id} />],
    ['Vocabulary', vocabulary.slice(0, 12), vocabulary],
  ]
  return <Facts facts={facts} />
}

/** What was measured, of what, on how much; the numbers themselves lie in a table that only methods read. */
export function StatisticsView({ data }: { data: Json }) {
  if (!isJsonObject(data)) return <JsonView data={data} />
  const [texts, tokens] = [numberOf(data, 'texts') ?? 0, numberOf(data, 'tokens') ?? 0]
  return (
    <Facts
      facts={[
        ['Holds', quantityNames(data)],
        ['Model', field(data, 'model')],
        ['Read', tokens > 0 ? `${plural(texts, 'text')}, ${plural(tokens, 'token')}` : ''],
        ['Note', field(data, 'approximation')],
      ]}
    />
  )
}

/** `more` is shown under the pointer. */
export type Fact = readonly [name: string, value: ReactNode, more?: string | undefined]

/** Names and values, one line each; those without a value are left out. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value, more]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={more}>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

export function JsonView({ data }: { data: Json }) {
  const text = JSON.stringify(data, null, 2)
  return <pre className="value-json">{text.length > 20_000 ? `${text.slice(0, 20_000)}\n…` : text}</pre>
}
