import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { withGgml } from '../../src/main/weights/convert/codec'
import { startThreads } from '../../src/main/weights/engine/pools'
import { writeModel } from '../../src/main/weights/write-model'
import type { WeightsExpression } from '../../src/shared/expression'
import { type BenchSize, writeBenchModel } from './models'

/**
 * Merges BF16 models of 747 MB (`small`: 83 MB): wall time, processor time, peak memory of this process, MB/s read and written, by number of threads; and
 * `wholeSeconds` from the start of the process, Node's own included (of the first merge).
 * `node bench/merge/start.mjs [methods] [threads] [models] [large|small|FOLDER] [quick]`; `quick`: neither hashed nor looked over for warnings, as the
 * candidates of a search are, and as other tools do it. The files are made once in the system's temporary folder, or are
 * the checkpoints that `peers.py` made in FOLDER, so that numpy and MergeKit merge the same ones.
 */
const entry = process.argv[2] ?? ''
const methods = (process.argv[3] ?? 'linear,task-arithmetic,slerp,ties,dare-ties').split(',')
const threadCounts = (process.argv[4] ?? `1,${availableParallelism()}`).split(',').map(Number)
const counts = (process.argv[5] ?? '2').split(',').map(Number)
const given = process.argv[6] ?? 'large'
const size: BenchSize = given === 'small' ? 'small' : 'large'
const quick = process.argv[7] === 'quick'
/** the folder that peers.py filled: then all tools merge the same files */
const checkpoints = given === 'small' || given === 'large' ? undefined : given

const folder = join(tmpdir(), 'tributary-bench-merge')
mkdirSync(folder, { recursive: true })
const pathOf = (index: number): string =>
  checkpoints === undefined ? join(folder, `model-${size}-${index}.gguf`) : join(checkpoints, `m${index}`, 'model.safetensors')
for (let index = 0; index <= Math.max(...counts); index++) if (!existsSync(pathOf(index))) writeBenchModel(pathOf(index), index, size)

const load = (index: number): WeightsExpression => ({ op: 'load', model: { backend: 'llama-cpp', id: `bench:${index}`, name: `${index}` } })
const withoutBase = new Set(['average', 'linear', 'slerp', 'karcher', 'nearswap', 'multislerp'])

for (const count of counts)
  for (const method of methods.filter((one) => one !== 'slerp' || count === 2))
    for (const threads of threadCounts) {
      const expression: WeightsExpression = {
        op: 'merge',
        method,
        ...(withoutBase.has(method) ? {} : { base: load(0) }),
        models: Array.from({ length: count }, (_, index) => ({ weights: load(index + 1), params: {} })),
        params: {},
        seed: 1,
      }
      const output = join(folder, 'merged.gguf')
      rmSync(output, { force: true })
      const start = performance.now()
      const before = process.cpuUsage()
      const started = startThreads(entry, threads)
      await writeModel(
        output,
        { expression, name: 'bench', dtype: 'keep', recipe: {} },
        {
          resolve: async ({ name }) => ({ path: pathOf(Number(name)) }),
          codec: withGgml,
          pool: started.pool,
          quick,
        },
      )
      const seconds = (performance.now() - start) / 1000
      const wholeSeconds = sinceStart()
      const { user, system } = process.cpuUsage(before)
      const files = count + 1 + (withoutBase.has(method) ? 0 : 1)
      const megabytes = (files * statSync(output).size) / 1e6
      const row = {
        tool: quick ? 'ours, quick' : 'ours',
        method,
        models: count,
        threads,
        seconds: round(seconds),
        wholeSeconds: round(wholeSeconds),
        cpuSeconds: round((user + system) / 1e6),
        megabytesPerSecond: Math.round(megabytes / seconds),
        peakMegabytes: peakMegabytes(),
      }
      console.log(JSON.stringify(row))
      rmSync(output)
    }

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Seconds since this process began: by the system's clock where it tells, else since Node's own began. */
function sinceStart(): number {
  if (process.platform !== 'linux') return performance.now() / 1000
  const ticks = Number(readFileSync('/proc/self/stat', 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19])
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - ticks / 100
}

/** Largest resident size so far, of all threads together, in MB. */
function peakMegabytes(): number {
  if (process.platform !== 'linux') return Math.round(process.resourceUsage().maxRSS / 1000)
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1000)
}
