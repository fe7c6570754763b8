import { CsvError, type Options, parse } from 'csv-parse/sync'
import type { Dataset } from '../../../shared/value'
import { decodeText } from '../decode-text'
import { resourceLimits } from '../limits'
import { defineReader } from '../reader'
import { datasetOf, documentsOfRows } from '../table'

/** Commas, semicolons or tabs, whichever the first line has most of; the first line names the columns. */
function readTable(bytes: Uint8Array, name: string): Dataset {
  const text = decodeText(bytes)
  const first = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'))
  const count = (mark: string) => first.split(mark).length
  const delimiter = [',', ';', '\t'].reduce((most, mark) => (count(mark) > count(most) ? mark : most))
  const records: string[][] = parsed(text, {
    delimiter,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    to: resourceLimits.rows + 1,
  })
  const columns = uniqueNames(records[0] ?? [])
  return datasetOf(
    name,
    records.slice(1).map((record) => Object.fromEntries(columns.map((column, index) => [column, record[index] ?? '']))),
    columns,
  )
}

/** What people get wrong most often, in words. */
function parsed(text: string, options: Options<string[], string[]>): string[][] {
  try {
    return parse(text, options)
  } catch (cause) {
    if (cause instanceof CsvError && cause.code === 'CSV_QUOTE_NOT_CLOSED')
      throw new Error('a quotation mark opens a cell and none closes it', { cause })
    throw cause
  }
}

/** Columns without a name are called by their place, and a second of one name gets a number. */
function uniqueNames(header: readonly string[]): string[] {
  const names: string[] = []
  for (const [index, raw] of header.entries()) {
    const name = raw.trim() || `column ${index + 1}`
    let unique = name
    for (let number = 2; names.includes(unique); number += 1) unique = `${name} ${number}`
    names.push(unique)
  }
  return names
}

export default defineReader({
  endings: ['.csv', '.tsv'],
  dataset: readTable,
  documents: (bytes, name) => documentsOfRows(name, readTable(bytes, name)),
})
