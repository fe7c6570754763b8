/** A row that is made of others: their weighted sum, their mean, one as it is, or zeros where there is none. */
export function gatherRow<Of extends { readonly weight?: number }>(
  parts: readonly Of[],
  into: Float32Array,
  rowOf: (of: Of) => Float32Array,
): void {
  const [only] = parts
  if (only === undefined) into.fill(0)
  else if (only.weight !== undefined) {
    const rows = parts.map(rowOf)
    for (let i = 0; i < into.length; i++)
      into[i] = rows.reduce((sum, values, part) => sum + (parts[part]?.weight ?? 0) * (values[i] as number), 0)
  } else if (parts.length === 1) into.set(rowOf(only))
  else {
    const rows = parts.map(rowOf)
    for (let i = 0; i < into.length; i++) into[i] = rows.reduce((sum, values) => sum + (values[i] as number), 0) / rows.length
  }
}

/** The mean of `count` rows, of which `read` gives one at a time; zeros where there is none. Summed in float64. */
export function meanOf(count: number, rowLength: number, read: (at: number, into: Float32Array) => void): Float32Array {
  const sums = new Float64Array(rowLength)
  const row = new Float32Array(rowLength)
  for (let at = 0; at < count; at++) {
    read(at, row)
    for (let i = 0; i < rowLength; i++) sums[i] = (sums[i] as number) + (row[i] as number)
  }
  return Float32Array.from(sums, (sum) => sum / Math.max(1, count))
}
