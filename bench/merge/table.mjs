/**
 * The whole table of merges beside its peers, one run, every merge in a process of its own (so that peak memory is its own), all on the same files:
 * `node bench/merge/table.mjs FOLDER [--parts ours,quick,scaling,numpy,mergekit] [--methods linear,slerp,ties,dare-ties] [--models 2,5] [--rounds 3]
 * [--python PATH]`. The checkpoints are made in FOLDER once (6 × 747 MB for five models and a base; numpy does it). Parts: `ours` as a person runs it (hashed, looked
 * over for warnings), `quick` without either, as the peers do it, `scaling` from one thread to all cores, the two peers where PATH has them. Ours is the median of
 * the rounds, peers run once. MergeKit's TIES alone takes minutes.
 */

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildBench } from './build.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    parts: { type: 'string', default: 'ours,quick,scaling,numpy' },
    methods: { type: 'string', default: 'linear,slerp,ties,dare-ties' },
    models: { type: 'string', default: '2,5' },
    rounds: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
  },
})
const [folder] = positionals
if (folder === undefined) throw new Error('name a folder for the models (5 GB)')
mkdirSync(folder, { recursive: true })
const [parts, methods, counts] = [values.parts, values.methods, values.models].map((text) => text.split(','))
const cores = availableParallelism()

const run = (command, args) => {
  const { stdout, stderr, status } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // as the command line does it; Python keeps its compiled files by itself
    env: { NODE_COMPILE_CACHE: resolve('node_modules/.cache/compiled'), ...process.env },
  })
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  if (status !== 0) console.error(`${command} ${args.join(' ')} failed:\n${stderr.split('\n').slice(-4).join('\n')}`)
  return lines.map((line) => JSON.parse(line))
}
const peer = (names, count) => run(values.python, ['bench/merge/peers.py', names, folder, String(count)])
const hasNumpy = spawnSync(values.python, ['-c', 'import numpy']).status === 0
if (hasNumpy) peer('', Math.max(...counts.map(Number)))
else console.error(`${values.python} has no numpy: ours alone, on models that it makes itself (--python names another)`)

const [entry, worker] = await buildBench()
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const ours = (method, threads, count, quick) => {
  const rows = Array.from({ length: Number(values.rounds) }, () =>
    run(process.execPath, [entry, worker, method, String(threads), count, hasNumpy ? folder : 'large', ...(quick ? ['quick'] : [])]),
  ).flat()
  if (rows.length === 0) return
  const of = (key) => median(rows.map((row) => row[key]))
  print({
    ...rows[0],
    seconds: of('seconds'),
    wholeSeconds: of('wholeSeconds'),
    cpuSeconds: of('cpuSeconds'),
    peakMegabytes: of('peakMegabytes'),
  })
}
const print = ({ tool, method, models, threads = '', seconds, wholeSeconds, cpuSeconds, peakMegabytes }) =>
  console.log(`| ${[tool, `${method} of ${models}`, threads, seconds, wholeSeconds, cpuSeconds, peakMegabytes].join(' | ')} |`)

console.log('| tool | merge | threads | merge s | whole s | processor s | peak MB |\n| --- | --- | --- | --- | --- | --- | --- |')
for (const count of counts)
  for (const method of methods) {
    if (method === 'slerp' && count !== '2') continue
    for (const threads of parts.includes('scaling') ? Array.from({ length: cores }, (_, index) => index + 1) : [cores]) {
      if (parts.includes('ours')) ours(method, threads, count, false)
      if (parts.includes('quick')) ours(method, threads, count, true)
    }
    for (const tool of hasNumpy ? ['numpy', 'mergekit'] : [])
      if (parts.includes(tool)) for (const row of peer(`${tool}-${method}`, count)) print(row)
  }
