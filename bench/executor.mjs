/**
 * Overhead of the executor per trivial node: chains and fans of 1,000 with the cache and the event log on (SQLite, synchronous=FULL).
 *   node bench/executor.mjs [--nodes 1000] [--rounds 7] [--peers] [--json]
 * `--peers` installs Rivet and LangGraph JS into a temporary folder and runs the same shapes with them in the same process.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { measurePeers } from './executor-peers.mjs'

const { values: options } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '7' },
    peers: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const nodes = Number(options.nodes)
const rounds = Number(options.rounds)

const { module } = await runnerImport('./bench/executor-graphs.ts', { configFile: false, logLevel: 'error' })
const { openStore, createBenchExecutor, chain, fan } = module

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const row = (shape, state, times) => ({
  engine: 'tributary',
  shape,
  state,
  msPerNode: median(times.map(({ wallMs }) => wallMs)) / nodes,
  cpuMsPerNode: median(times.map(({ cpuMs }) => cpuMs)) / nodes,
})
const rows = []

for (const [shape, build] of [
  ['chain', chain],
  ['fan', fan],
]) {
  const cold = []
  const warm = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'))
    const store = openStore(folder)
    const executor = createBenchExecutor(store)
    const document = build(nodes)
    cold.push(await time(executor, document, round))
    warm.push(await time(executor, structuredClone(document), round))
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
  rows.push(row(shape, 'cold', cold), row(shape, 'cached', warm))
}
if (options.peers) rows.push(...measurePeers(nodes, rounds))

if (options.json) console.log(JSON.stringify({ nodes, rounds, rows }))
else
  console.table(
    rows.map((row) => ({ ...row, msPerNode: typeof row.msPerNode === 'number' ? Number(row.msPerNode.toFixed(4)) : row.msPerNode })),
  )

/** Wall time, and the CPU time of the main thread: the second one holds also on a machine that does other things. */
async function time(executor, document) {
  const before = performance.now()
  const cpu = process.threadCpuUsage()
  const { outcome } = await executor(document)
  const used = process.threadCpuUsage(cpu)
  if (outcome.status !== 'done') throw new Error(`the run ended as ${outcome.status}: ${outcome.error?.message}`)
  return { wallMs: performance.now() - before, cpuMs: (used.user + used.system) / 1000 }
}
