import type { InterfaceInput, InterfaceOutput } from '../graph/document'
import type { Json, JsonObject } from '../json'
import type { MetricUse } from './definition'
import { pathOfColumn } from './path'

export type ColumnType = 'text' | 'number' | 'yes or no' | 'list' | 'object' | 'mixed' | 'empty'

export interface Column {
  readonly name: string
  readonly type: ColumnType
}

const looked = 1000

/** What the columns of a table hold, by its first rows. Numbers written as text count as numbers. */
export const columnTypes = (columns: readonly string[], rows: readonly JsonObject[]): Column[] =>
  columns.map((name) => {
    const types = new Set(rows.slice(0, looked).flatMap((row) => (isEmpty(row[name]) ? [] : [typeOf(row[name]!)])))
    // Words among which some look like numbers are words.
    if (types.has('text')) for (const other of ['number', 'yes or no'] as const) types.delete(other)
    const [first] = types
    return { name, type: types.size === 0 ? 'empty' : types.size === 1 ? first! : 'mixed' }
  })

const isEmpty = (value: Json | undefined): boolean => value === undefined || value === null || value === ''

function typeOf(value: Json): ColumnType {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'object') return 'object'
  if (typeof value === 'boolean' || value === 'true' || value === 'false') return 'yes or no'
  return typeof value === 'number' || (String(value).trim() !== '' && Number.isFinite(Number(value))) ? 'number' : 'text'
}

/** What columns of questions and of answers are called, the likeliest first. */
export const questionNames = ['question', 'prompt', 'input', 'query', 'text', 'q']
export const answerNames = ['gold', 'expected', 'short', 'answer', 'target', 'label', 'output', 'reference']

/** A first guess of which column feeds which input: one of the same name, else, for a single open input, one that is called like a question. */
export function suggestMap(inputs: Readonly<Record<string, InterfaceInput>>, columns: readonly string[]): Record<string, string> {
  const same = (name: string) => columns.find((column) => column.toLowerCase() === name.toLowerCase())
  const map = Object.fromEntries(
    Object.keys(inputs).flatMap((name) => (same(name) === undefined ? [] : [[name, pathOfColumn(same(name)!)]])),
  )
  const open = Object.entries(inputs).filter(([name, { type }]) => map[name] === undefined && (type === 'text' || type === 'messages'))
  const column = questionNames
    .map(same)
    .find((candidate) => candidate !== undefined && !Object.values(map).includes(pathOfColumn(candidate)))
  return open.length === 1 && column !== undefined ? { ...map, [open[0]![0]]: pathOfColumn(column) } : map
}

/** A first guess of what to measure: the first text output against the column that is called like an answer, and the time. */
export function suggestMetrics(outputs: Readonly<Record<string, InterfaceOutput>>, columns: readonly string[]): MetricUse[] {
  const output = Object.entries(outputs).find(([, { type }]) => type === 'text')?.[0] ?? Object.keys(outputs)[0]
  const column = columnCalled(columns, answerNames)
  const time: MetricUse = { name: 'time', kind: 'latency', options: {} }
  if (output === undefined || column === undefined) return [time]
  const expected = pathOfColumn(column)
  return [{ name: 'em', kind: 'em', output, expected, options: {} }, { name: 'f1', kind: 'f1', output, expected, options: {} }, time]
}

/** The column with the likeliest of these names. */
export const columnCalled = (columns: readonly string[], names: readonly string[]): string | undefined =>
  names.flatMap((name) => columns.filter((column) => column.toLowerCase() === name))[0]
