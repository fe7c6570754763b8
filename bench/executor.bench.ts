import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { GraphDocument } from '../src/shared/graph/document'
import { chain, createBenchExecutor, fan, openStore } from './executor-graphs'

interface Times {
  readonly wallMs: number
  /** of the main thread: tells something also on a machine that does other things */
  readonly cpuMs: number
}

/**
 * Overhead of the executor per trivial node: chains and fans with the cache and the event log on (SQLite, synchronous=FULL). Medians.
 *   node bench/run.mjs executor [--nodes 1000] [--rounds 15] [--peers] [--json]
 * `--peers` installs Rivet and LangGraph JS into a temporary folder and runs the same shapes with them.
 */
export default async function executorBench(args: readonly string[]): Promise<void> {
  const { values: options } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '15' },
      peers: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const nodes = Number(options.nodes)
  const rounds = Number(options.rounds)

  const rows: unknown[] = []
  for (const build of [chain, fan]) rows.push(...(await measure(build, nodes, rounds)))
  if (options.peers) rows.push(...peers(nodes, rounds))

  if (options.json) console.log(JSON.stringify({ nodes, rounds, rows }))
  else console.table(rows)
}

/** Each round begins with an empty store; the second run of a round finds everything in the cache. */
async function measure(build: (nodes: number) => GraphDocument, nodes: number, rounds: number): Promise<unknown[]> {
  const cold: Times[] = []
  const cached: Times[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'))
    const store = openStore(folder)
    const run = createBenchExecutor(store)
    cold.push(await time(run, build(nodes)))
    cached.push(await time(run, build(nodes)))
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const row = (state: string, times: readonly Times[]) => ({
    engine: 'tributary',
    shape: build.name,
    state,
    msPerNode: median(times.map(({ wallMs }) => wallMs)) / nodes,
    cpuMsPerNode: median(times.map(({ cpuMs }) => cpuMs)) / nodes,
  })
  return [row('cold', cold), row('cached', cached)]
}

async function time(run: ReturnType<typeof createBenchExecutor>, document: GraphDocument): Promise<Times> {
  const before = performance.now()
  const cpu = process.threadCpuUsage()
  const { outcome } = await run(document)
  const { user, system } = process.threadCpuUsage(cpu)
  if (outcome.status !== 'done') throw new Error(`the run ended as ${outcome.status}: ${outcome.error?.message}`)
  return { wallMs: performance.now() - before, cpuMs: (user + system) / 1000 }
}

function peers(nodes: number, rounds: number): unknown[] {
  return JSON.parse(
    execFileSync(process.execPath, ['bench/executor-peers.mjs', String(nodes), String(rounds)], { encoding: 'utf8' }),
  ) as unknown[]
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
