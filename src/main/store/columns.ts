/**
 * A list of records by column: what is the same in all of them is said once, names of members are said once a shape, and like stands beside like, so that there is
 * a third of the text to write and to compress. Any JSON comes back as `JSON.parse(JSON.stringify(records))` would give it, member order included.
 */
export interface Columns {
  readonly records: number
  readonly shapes: readonly Shape[]
  /** which shape each record has; absent where there is one */
  readonly of?: readonly number[]
}

interface Shape {
  readonly names: readonly string[]
  readonly columns: readonly Column[]
}

/** In all records the same, or one value each, or records again. */
type Column = { readonly same: unknown } | { readonly each: readonly unknown[] } | { readonly inner: Columns }

type JsonRecord = Readonly<Record<string, unknown>>

/** The records of one shape. */
interface Gathered {
  readonly names: readonly string[]
  readonly members: JsonRecord[]
}

export function toColumns(records: readonly object[]): Columns {
  const shapes: Gathered[] = []
  const of: number[] = []
  // a log goes in rounds: what followed a shape the last time is likely to follow it again
  const after: number[] = []
  let before = 0
  for (const record of records as readonly JsonRecord[]) {
    const likely = after[before] ?? 0
    const isLikely = likely < shapes.length && hasNames(record, shapes[likely]!.names)
    const at = isLikely ? likely : shapeOf(record, shapes)
    shapes[at]!.members.push(record)
    of.push(at)
    after[before] = at
    before = at
  }
  const done = shapes.map(({ names, members }): Shape => ({ names, columns: names.map((name) => toColumn(members, name)) }))
  return { records: records.length, shapes: done, ...(shapes.length > 1 ? { of } : {}) }
}

/** The place of the record's shape among those that there are; a new one is put at the end. Members that are undefined are none. */
function shapeOf(record: JsonRecord, shapes: Gathered[]): number {
  for (let at = 0; at < shapes.length; at++) if (hasNames(record, shapes[at]!.names)) return at
  return shapes.push({ names: Object.keys(record).filter((name) => record[name] !== undefined), members: [] }) - 1
}

function hasNames(record: JsonRecord, names: readonly string[]): boolean {
  let at = 0
  for (const name in record) {
    if (record[name] === undefined) continue
    if (names[at] !== name) return false
    at++
  }
  return at === names.length
}

function toColumn(members: readonly JsonRecord[], name: string): Column {
  const same = members[0]![name]
  if (members.every((member) => member[name] === same)) return { same }
  const values = members.map((member) => member[name])
  return values.every(isRecord) ? { inner: toColumns(values) } : { each: values }
}

const isRecord = (value: unknown): value is JsonRecord => typeof value === 'object' && value !== null && !Array.isArray(value)

export function fromColumns({ records, shapes, of }: Columns): unknown[] {
  const readers = shapes.map(({ names, columns }) => {
    const values = columns.map(valuesOf)
    let next = 0
    return (): unknown => {
      const at = next++
      return Object.fromEntries(names.map((name, i) => [name, values[i]!(at)]))
    }
  })
  return Array.from({ length: records }, (_, at) => readers[of?.[at] ?? 0]!())
}

function valuesOf(column: Column): (at: number) => unknown {
  if ('same' in column) return () => column.same
  const list = 'each' in column ? column.each : fromColumns(column.inner)
  return (at) => list[at]
}
