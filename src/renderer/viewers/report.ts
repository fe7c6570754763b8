import { uncut } from '../../shared/cut-list'
import { isJsonObject, type Json, type JsonObject } from '../../shared/json'
import { humanName } from '../../shared/names'
import { formatNumber } from '../parts/format'

/** A report as a person reads it: what is one value as a line, what is a list of records alike as a table, what is a record within as a part of its own. */
export interface ReportParts {
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly tables: readonly ReportTable[]
  readonly inner: readonly (readonly [name: string, parts: ReportParts])[]
}

export interface ReportTable {
  /** empty where the whole report is this list */
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** of the list, however many rows are here */
  readonly total: number
}

const mostRows = 200
const mostColumns = 8
/** deeper or odder than a table can show */
const deepest = 3

/** undefined for what has no such form: it is best read as JSON. Pure; trusts no shape. */
export function reportParts(data: Json, depth = 0): ReportParts | undefined {
  if (Array.isArray(data)) {
    const table = tableOf('', data as readonly Json[])
    return table && { facts: [], tables: [table], inner: [] }
  }
  if (!isJsonObject(data) || depth >= deepest) return undefined
  const facts: [string, string][] = []
  const tables: ReportTable[] = []
  const inner: [string, ReportParts][] = []
  for (const [name, value] of Object.entries(data)) {
    const text = textOf(value)
    const table = text === undefined && Array.isArray(value) ? tableOf(readable(name), value as readonly Json[]) : undefined
    const parts = text === undefined && table === undefined ? reportParts(value, depth + 1) : undefined
    if (text !== undefined) facts.push([readable(name), text])
    else if (table) tables.push(table)
    else if (parts) inner.push([readable(name), parts])
    else return undefined
  }
  return facts.length + tables.length + inner.length === 0 ? undefined : { facts, tables, inner }
}

function tableOf(name: string, items: readonly Json[]): ReportTable | undefined {
  const { shown, total } = uncut(items)
  const records = shown.filter(isJsonObject)
  if (records.length === 0 || records.length < shown.length) return undefined
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))]
  if (columns.length > mostColumns) return undefined
  const rows = records.slice(0, mostRows).map((record) => columns.map((column) => cellOf(record, column)))
  return { name, columns: columns.map(readable), rows, total }
}

const cellOf = (record: JsonObject, column: string): string => {
  const value = record[column]
  return value === undefined ? '' : (textOf(value) ?? JSON.stringify(value))
}

/** One value, or a short list of such, in a line; undefined for anything larger. */
export function textOf(value: Json): string | undefined {
  if (value === null) return '–'
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  return listOf(value as readonly Json[])
}

/** the longest list that a line shows whole */
const mostItems = 8

function listOf(value: readonly Json[]): string | undefined {
  const { shown, total } = uncut(value)
  const texts = shown
    .slice(0, total > mostItems ? mostItems - 2 : mostItems)
    .map((item) => (typeof item === 'object' && item !== null ? undefined : textOf(item)))
  if (texts.some((text) => text === undefined)) return undefined
  return texts.length === 0 ? 'none' : `${texts.join(', ')}${total > texts.length ? `, … ${total - texts.length} more` : ''}`
}

/** `refusedUnsafe` → “Refused unsafe”; names of tensors and files stay as they are. */
const readable = (name: string): string => (/^[a-z]+([A-Z][a-z]+)*$/.test(name) ? humanName(name) : name)

/** The same for a card: a few lines of `name: value`, lists by their count. */
export function reportLines(data: JsonObject): string {
  return Object.entries(data)
    .slice(0, 8)
    .map(([name, value]) => `${readable(name)}: ${briefly(value)}`)
    .join('\n')
}

function briefly(value: Json): string {
  if (Array.isArray(value) && value.length > 4) return `${uncut(value as readonly Json[]).total}`
  const text = textOf(value)
  if (text !== undefined) return text
  if (Array.isArray(value)) return `${value.length}`
  return Object.entries(value as JsonObject)
    .flatMap(([name, one]) => (isJsonObject(one) ? [] : [`${name} ${textOf(one) ?? '…'}`]))
    .join(', ')
}
