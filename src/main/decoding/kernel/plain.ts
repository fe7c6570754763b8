import type { Kernel } from './kernel'

/** The reference kernel: plain loops, float64 inside. */
export const plainKernel: Kernel = {
  name: 'plain',
  allocate: (count, size) => Array.from({ length: count }, () => new Float32Array(size)),
  release: () => {},
  maximum,
  logSumExp,
  collect,
  accumulate,
  moments,
  combine,
  mixture,
  logarithms,
  exponentials,
}

function maximum(row: Float32Array): number {
  let max = -Infinity
  let sum = 0 // NaN as soon as one entry is NaN; 0·∞ is not taken, so infinities do no harm
  for (let i = 0; i < row.length; i++) {
    const x = row[i] as number
    if (x > max) max = x
    else if (Number.isNaN(x)) sum = NaN
  }
  return sum === 0 ? max : NaN
}

function logSumExp(row: Float32Array, max: number, scale = 1): number {
  if (!Number.isFinite(max)) return scale * max
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += Math.exp(scale * ((row[i] as number) - max))
  return scale * max + Math.log(sum)
}

function collect(row: Float32Array, threshold: number): Int32Array {
  const found: number[] = []
  for (let v = 0; v < row.length; v++) {
    const x = row[v] as number
    if (x >= threshold && x > -Infinity) found.push(v)
  }
  return Int32Array.from(found)
}

function accumulate(row: Float32Array, factor: number, out: Float32Array): void {
  for (let v = 0; v < row.length; v++) out[v] = (out[v] as number) + factor * (row[v] as number)
}

function moments(row: Float32Array, max: number): { total: number; weighted: number } {
  let total = 0
  let weighted = 0
  for (let i = 0; i < row.length; i++) {
    const x = row[i] as number
    if (x === -Infinity) continue
    const e = Math.exp(x - max)
    total += e
    weighted += x * e
  }
  return { total, weighted }
}

function combine(rows: readonly Float32Array[], weights: readonly number[], out: Float32Array): void {
  const used = rows.map((row, i) => ({ row, weight: weights[i] ?? 0 })).filter(({ weight }) => weight !== 0)
  for (let v = 0; v < out.length; v++) {
    let sum = 0
    for (let i = 0; i < used.length; i++) {
      const { row, weight } = used[i] as { row: Float32Array; weight: number }
      const x = row[v] as number
      sum = x === -Infinity ? -Infinity : sum + weight * x
      if (sum === -Infinity) break
    }
    out[v] = sum
  }
}

function mixture(rows: readonly Float32Array[], maxima: readonly number[], weights: readonly number[], out: Float32Array): number[] {
  const totals = rows.map((row, i) => {
    if (!((weights[i] ?? 0) > 0)) return 0
    return row.reduce((sum, x) => sum + Math.exp(x - (maxima[i] as number)), 0)
  })
  const used = rows.flatMap((row, i) => {
    const total = totals[i] as number
    return total > 0 ? [{ row, max: maxima[i] as number, factor: (weights[i] as number) / total }] : []
  })
  for (let v = 0; v < out.length; v++) {
    let sum = 0
    for (const { row, max, factor } of used) sum += factor * Math.exp((row[v] as number) - max)
    out[v] = Math.log(sum)
  }
  return totals
}

function logarithms(row: Float32Array): number {
  let sum = 0
  for (let v = 0; v < row.length; v++) {
    sum += row[v] as number
    row[v] = Math.log(row[v] as number)
  }
  return sum
}

function exponentials(row: Float32Array, max: number, scale: number, out: Float32Array): number {
  let sum = 0
  for (let v = 0; v < row.length; v++) {
    const e = Math.exp(scale * ((row[v] as number) - max))
    out[v] = e
    sum += e
  }
  return sum
}
