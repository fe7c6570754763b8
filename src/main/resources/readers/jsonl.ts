import { isJsonObject, type Json } from '../../../shared/json'
import type { Dataset } from '../../../shared/value'
import { decodeText } from '../decode-text'
import { resourceLimits } from '../limits'
import { defineReader } from '../reader'
import { datasetOf, documentsOfRows, type Row } from '../table'

/** One JSON value a line; a value that is no object becomes the column `value`. */
function readLines(bytes: Uint8Array, name: string): Dataset {
  const rows: Row[] = []
  for (const [index, line] of decodeText(bytes).split('\n').entries()) {
    if (line.trim() === '') continue
    if (rows.length >= resourceLimits.rows) throw new Error(`it has more than ${resourceLimits.rows} rows`)
    rows.push(rowOf(line, index + 1))
  }
  return datasetOf(name, rows)
}

function rowOf(line: string, number: number): Row {
  try {
    const value = JSON.parse(line) as Json
    return isJsonObject(value) ? value : { value }
  } catch (cause) {
    throw new Error(`line ${number} is not JSON`, { cause })
  }
}

export default defineReader({
  endings: ['.jsonl', '.ndjson'],
  dataset: readLines,
  documents: (bytes, name) => documentsOfRows(name, readLines(bytes, name)),
})
