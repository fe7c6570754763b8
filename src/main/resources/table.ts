import type { Json } from '../../shared/json'
import type { Dataset, Document } from '../../shared/value'
import { titleOf } from './reader'

export type Row = { readonly [column: string]: Json }

/** A table with its columns in order of first appearance. */
export function datasetOf(name: string, rows: readonly Row[], columns?: readonly string[]): Dataset {
  const all = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return { name: titleOf(name), columns: [...all], rows: rows.map((row) => ({ ...row })) }
}

const textColumns = ['text', 'content', 'body', 'passage', 'answer']
const titleColumns = ['title', 'name', 'heading', 'question']
const idColumns = ['_id', 'id']

/** A document a row: its text column where it has one, else all its values, each with its column. Rows without any value are left out. */
export function documentsOfRows(name: string, { columns, rows }: Dataset): Document[] {
  const find = (wanted: readonly string[]) => columns.find((column) => wanted.includes(column.toLowerCase()))
  const [textColumn, titleColumn, idColumn] = [find(textColumns), find(titleColumns), find(idColumns)]
  return rows.flatMap((row, index) => {
    const value = (column: string | undefined) => (column === undefined ? '' : asText(row[column]))
    const text =
      textColumn === undefined
        ? columns.flatMap((column) => (value(column) === '' ? [] : [`${column}: ${value(column)}`])).join('\n')
        : value(textColumn)
    if (text.trim() === '') return []
    const title = value(titleColumn)
    return [{ id: `${name}#${value(idColumn) || index + 1}`, title: title || `${titleOf(name)}, row ${index + 1}`, source: name, text }]
  })
}

const asText = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
