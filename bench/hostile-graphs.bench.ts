import { damagedFiles } from '../src/shared/graph/damaged-files'
import { graphLimits } from '../src/shared/graph/limits'
import { loadGraph } from '../src/shared/graph/load'

/**
 * What opening damaged graph files costs: 10,000 of them, and the largest that the limits allow.
 *   node --expose-gc bench/run.mjs hostile-graphs
 * Goals: 99 of 100 under 200 ms, less than 64 MiB of heap left behind.
 */
export default async function hostileGraphsBench(): Promise<void> {
  const files = [...damagedFiles(10_000, 20261123)]
  const times: number[] = []
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  let opened = 0
  for (const text of files) {
    times.push(
      timed(() => {
        if (loadGraph(text).ok) opened++
      }),
    )
  }
  globalThis.gc?.()
  const grownMiB = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20
  times.sort((a, b) => a - b)
  const at = (share: number): string => `${(times[Math.floor(share * times.length)] ?? Number.NaN).toFixed(2)} ms`
  console.log({ files: files.length, opened, median: at(0.5), p99: at(0.99), worst: at(0.9999), heapGrowthMiB: grownMiB.toFixed(1) })

  const head = '{"format":"tributary/graph","version":1,"id":"g"'
  const nodes = Array.from({ length: graphLimits.nodes }, (_, i) => `"n${i}":{"type":"text","v":1,"params":{}}`).join(',')
  const wires = Array.from({ length: graphLimits.wires }, (_, i) => `{"from":"n${i % 1999}.text","to":"n${(i % 1999) + 1}.text"}`).join(',')
  const large = {
    'the largest graph': `${head},"nodes":{${nodes}},"wires":[${wires}]}`,
    '8 MiB of text': `${head},"name":"${'a'.repeat(8 * 2 ** 20 - 100)}"}`,
    'a million brackets': '['.repeat(1_000_000),
    'too many nodes': `${head},"nodes":{${Array.from({ length: 100_000 }, (_, i) => `"n${i}":{"type":"text"}`).join(',')}}}`,
  }
  for (const [name, text] of Object.entries(large)) console.log(`${name}: ${timed(() => void loadGraph(text)).toFixed(1)} ms`)
}

function timed(work: () => void): number {
  const before = performance.now()
  work()
  return performance.now() - before
}
