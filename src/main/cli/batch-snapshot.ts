import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError } from '../../shared/errors'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../shared/json'

/** What one row gave: a file of its own, so that a difference of two snapshots is read like any other. */
export interface RowSnapshot {
  readonly row: number
  readonly fields: JsonObject
  /** by name of the variant; a failed one says its error */
  readonly variants: { readonly [variant: string]: { readonly outputs?: JsonObject; readonly error?: string } }
}

export interface RowDifference {
  readonly row: number
  readonly variant: string
  readonly output: string
  readonly expected: Json | undefined
  readonly actual: Json | undefined
}

const fileOf = (row: number): string => `${String(row + 1).padStart(6, '0')}.json`

export async function writeSnapshot(folder: string, rows: Iterable<RowSnapshot>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const row of rows) await writeFile(join(folder, fileOf(row.row)), `${JSON.stringify(row, null, 2)}\n`)
}

/** Everything in which the rows differ from a snapshot; rows that the snapshot does not have count, and so do rows that it has beyond them. */
export async function compareSnapshot(folder: string, rows: Iterable<RowSnapshot>): Promise<RowDifference[]> {
  const names = await readdir(folder).catch((cause) => {
    throw new TributaryError('file-unreadable', `--compare: the folder ${folder} cannot be read.`, { place: { file: folder }, cause })
  })
  const left = new Set(names.filter((name) => /^\d{6,}\.json$/.test(name)))
  if (left.size === 0)
    throw new TributaryError('data-empty', `--compare: there is no snapshot in ${folder}.`, { hint: 'Write one with --snapshot.' })
  const differences: RowDifference[] = []
  for (const actual of rows) {
    const name = fileOf(actual.row)
    const expected = left.delete(name) ? await readRow(join(folder, name)) : {}
    for (const [variant, { outputs = {}, error }] of Object.entries(actual.variants)) {
      const before = memberOf(expected, variant)
      const was = isJsonObject(before.outputs) ? before.outputs : {}
      for (const output of new Set([...Object.keys(was), ...Object.keys(outputs)])) {
        if (same(was[output], outputs[output])) continue
        differences.push({ row: actual.row, variant, output, expected: was[output], actual: outputs[output] })
      }
      if (!same(before.error, error)) differences.push({ row: actual.row, variant, output: 'error', expected: before.error, actual: error })
    }
  }
  for (const name of left)
    differences.push({ row: Number.parseInt(name, 10) - 1, variant: '', output: '', expected: 'a row', actual: undefined })
  return differences
}

async function readRow(path: string): Promise<JsonObject> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Json
    if (isJsonObject(value)) return value
  } catch (cause) {
    throw new TributaryError('file-format', `--compare: ${path} is not a row of a snapshot.`, { place: { file: path }, cause })
  }
  throw new TributaryError('file-format', `--compare: ${path} is not a row of a snapshot.`, { place: { file: path } })
}

function memberOf(row: JsonObject, variant: string): JsonObject {
  const { variants } = row
  const found = isJsonObject(variants) && Object.hasOwn(variants, variant) ? variants[variant] : undefined
  return isJsonObject(found) ? found : {}
}

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b)
