/** Named tables of numbers as one run of bytes, to be kept on disk: a line of JSON with names and lengths, then the numbers in the order of their names. */

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Little-endian, as every machine that runs this is. */
export function packTables(tables: Readonly<Record<string, Float32Array>>): Uint8Array {
  const entries = Object.entries(tables)
  const line = encoder.encode(`${JSON.stringify(entries.map(([name, { length }]) => [name, length]))}\n`)
  const packed = new Uint8Array(line.length + entries.reduce((sum, [, { byteLength }]) => sum + byteLength, 0))
  packed.set(line)
  let at = line.length
  for (const [, { buffer, byteOffset, byteLength }] of entries) {
    packed.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += byteLength
  }
  return packed
}

/** The tables again; undefined where the bytes are none, or have other lengths than those wanted. */
export function unpackTables<Name extends string>(
  packed: Uint8Array,
  lengths: Readonly<Record<Name, number>>,
): Readonly<Record<Name, Float32Array>> | undefined {
  const names = Object.keys(lengths) as Name[]
  const line = JSON.stringify(names.map((name) => [name, lengths[name]]))
  const start = line.length + 1
  const total = names.reduce((sum, name) => sum + 4 * lengths[name], start)
  if (packed.length !== total || decoder.decode(packed.subarray(0, start)) !== `${line}\n`) return undefined
  let at = start
  const tables = names.map((name) => {
    const table = new Float32Array(lengths[name])
    new Uint8Array(table.buffer).set(packed.subarray(at, at + table.byteLength))
    at += table.byteLength
    return [name, table] as const
  })
  return Object.fromEntries(tables) as Record<Name, Float32Array>
}
