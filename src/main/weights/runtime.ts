import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { DerivedStore } from '../../shared/derived-store'
import type { WeightsExpression } from '../../shared/expression'
import { canonicalJson, type JsonObject } from '../../shared/json'
import type { ModelRef } from '../../shared/value'
import type { WeightsHistogram, WeightsReport } from '../../shared/weights-report'
import type { WeightsRuntime, WithCandidate, WriteModelRequest } from '../node-runtime'
import { withGgml } from './convert/codec'
import { describeModel } from './describe'
import { compile, compileAny } from './engine/compile'
import type { Plan } from './engine/plan'
import { standingThreads, startThreads, threadPool } from './engine/pools'
import { syncFolder } from './gguf/write/part-file'
import { llamaShape } from './gradients/shape'
import { openJudged } from './judged'
import { checkFileOf } from './provenance'
import { type ReadBlob, readerOf } from './statistics/stored-table'
import { histogramOf, surveyWeights } from './survey/survey'
import { runTask } from './task-thread'
import { ScratchFile } from './write/scratch-file'
import { recipeOf, writeModel } from './write-model'

export interface WeightsRuntimeOptions {
  /** the built `merge-worker.js` that every thread runs */
  readonly entry: string
  readonly resolve: (ref: ModelRef) => Promise<{ readonly path: string }>
  readonly outputFolder: string
  /** Makes a finished file known to the library; gives its reference. `hashes`: SHA-256 of the files that hold its tensors, by path. */
  readonly register: (
    path: string,
    info: { readonly name: string; readonly recipe: JsonObject; readonly hashes: ReadonlyMap<string, string> },
  ) => Promise<ModelRef>
  /** Makes a finished file known as data that a node can choose; gives its id. */
  readonly keep: (path: string, name: string) => Promise<string>
  /** A candidate is given back: whoever holds its file open lets go. */
  readonly onReturn?: (id: string) => Promise<void>
  /** where what takes long to find before a merge (orders of units, sums of rows) is kept; neutral: nowhere */
  readonly derived?: DerivedStore
  /** neutral: one for each core */
  readonly threads?: number
}

interface SurveyCall {
  readonly signal: AbortSignal
  readonly readBlob: ReadBlob
}

export interface OwnedWeightsRuntime extends Required<WeightsRuntime> {
  /** where a candidate lies while it is lent; undefined for all other models */
  candidatePath(id: string): string | undefined
  /** what an expression changes, tensor by tensor; writes nothing */
  survey(expression: WeightsExpression, call: SurveyCall & { onProgress(done: number, total: number): void }): Promise<WeightsReport>
  /** how the changes of one tensor are spread */
  histogram(expression: WeightsExpression, tensor: string, call: SurveyCall): Promise<WeightsHistogram>
  close(): Promise<void>
}

/** Writes models in threads of their own; one merge at a time, so that memory and disk stay bounded. */
export function createWeightsRuntime(options: WeightsRuntimeOptions): OwnedWeightsRuntime {
  const threads = options.threads ?? Math.max(1, availableParallelism())
  const closing = new AbortController()
  const candidates = new Map<string, string>()
  const candidateFolder = join(options.outputFolder, '.candidates', String(process.pid))
  let last: Promise<unknown> = Promise.resolve()
  let count = 0
  forgetCandidates(dirname(candidateFolder))

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
  const compiling = { resolve: options.resolve, derived: options.derived }
  const write = async (
    path: string,
    request: WriteModelRequest,
    signal: AbortSignal,
    onProgress?: (done: number, total: number) => void,
    quick = false,
  ) => {
    signal.throwIfAborted()
    mkdirSync(dirname(path), { recursive: true })
    const started = startThreads(options.entry, threads)
    try {
      const tools = { ...compiling, codec: withGgml, pool: started.pool, signal, quick, ...(onProgress ? { onProgress } : {}) }
      return await writeModel(path, request, tools)
    } finally {
      await started.close()
    }
  }
  const candidateId = (request: WriteModelRequest): string => `candidate:${process.pid}-${++count}-${recipeOf(request).hash.slice(0, 16)}`
  const lend = async <T>(id: string, path: string, { name }: WriteModelRequest, use: (model: ModelRef) => Promise<T>): Promise<T> => {
    candidates.set(id, path)
    try {
      return await use({ backend: 'llama-cpp', id, name })
    } finally {
      candidates.delete(id)
      await options.onReturn?.(id)
    }
  }
  const withCandidate: WithCandidate = async (request, call, use) => {
    const id = candidateId(request)
    const path = join(candidateFolder, `${id.slice('candidate:'.length)}.gguf`)
    await inTurn(() => write(path, request, AbortSignal.any([call.signal, closing.signal]), undefined, true))
    try {
      return await lend(id, path, request, use)
    } finally {
      rmSync(path, { force: true })
    }
  }
  const withScratch: OwnedWeightsRuntime['withScratch'] = async (use) => {
    const scratch = new ScratchFile(join(candidateFolder, `scratch-${++count}.gguf`))
    const standing = standingThreads(options.entry, threads)
    const patch = async (request: WriteModelRequest, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted()
      try {
        await scratch.write(request, { ...compiling, codec: withGgml, pool: standing.pool, signal })
      } catch (error) {
        // jobs of it may still be under way
        await standing.close()
        throw error
      }
    }
    let lent = false
    try {
      return await use(async (request, call, useOne) => {
        // a second one at the same time has a file of its own
        if (lent) return withCandidate(request, call, useOne)
        lent = true
        try {
          await inTurn(() => patch(request, AbortSignal.any([call.signal, closing.signal])))
          return await lend(candidateId(request), scratch.path, request, useOne)
        } finally {
          lent = false
        }
      })
    } finally {
      await standing.close()
      scratch.close()
    }
  }
  const surveying = { ...compiling, codec: withGgml, pool: (plan: Plan) => threadPool(options.entry, plan, threads) }
  return {
    write: (request, call) =>
      inTurn(async () => {
        const start = performance.now()
        const plain = `${slug(request.name)}-${recipeOf(request).hash.slice(0, 12)}`
        const target = join(options.outputFolder, request.format === 'safetensors' ? plain : `${plain}.gguf`)
        const written = await write(target, request, AbortSignal.any([call.signal, closing.signal]), call.onProgress)
        const { path, sizeBytes, tensors, warnings, hashes } = written
        const model = await options.register(path, { name: request.name, recipe: request.recipe, hashes })
        return { model, sizeBytes, tensors, ms: performance.now() - start, warnings }
      }),
    withCandidate,
    withScratch,
    async withFile(name, bytes, use) {
      const path = join(candidateFolder, `${++count}-${slug(name)}.gguf`)
      writeWhole(path, bytes)
      try {
        return await use(path)
      } finally {
        rmSync(path, { force: true })
      }
    },
    judged: openJudged(join(options.outputFolder, '.candidates', 'judged.txt')),
    fisher: (request, call) =>
      inTurn(async () => {
        const signal = AbortSignal.any([call.signal, closing.signal])
        signal.throwIfAborted()
        const { plan, metadata } = await compile({ op: 'load', model: request.model }, options.resolve)
        const shape = llamaShape(request.model.name, metadata, plan.nodes[plan.root]?.tensors ?? [])
        const { model: _, ...asked } = request
        return runTask(options.entry, 'fisher', { plan, shape, ...asked }, { signal, onProgress: call.onProgress })
      }),
    outline: async (expression, blobs) =>
      describeModel(await compile(expression, options.resolve, blobs && readerOf(blobs), options.derived)),
    extract: ({ tuned, base, ...asked }, call) =>
      inTurn(async () => {
        const signal = AbortSignal.any([call.signal, closing.signal])
        signal.throwIfAborted()
        const difference = { op: 'delta', tuned: load(tuned), base: load(base) } as const
        const { plan, warnings } = await compileAny(difference, options.resolve)
        const found = await runTask(options.entry, 'extract', { plan, ...asked }, { signal, onProgress: call.onProgress })
        return { ...found, warnings }
      }),
    async keepCheck(model, found) {
      const { path } = await options.resolve(model)
      if (!relative(options.outputFolder, path).startsWith('..') && path !== '')
        writeWhole(checkFileOf(path), new TextEncoder().encode(canonicalJson(found)))
    },
    async keepAdapter({ name, files }) {
      const hash = createHash('sha256')
      for (const bytes of Object.values(files)) hash.update(bytes)
      const folder = join(options.outputFolder, 'adapters', `${slug(name)}-${hash.digest('hex').slice(0, 12)}`)
      for (const [file, bytes] of Object.entries(files)) writeWhole(join(folder, file), bytes)
      return { folder, files: await Promise.all(Object.keys(files).map((file) => options.keep(join(folder, file), `${name}: ${file}`))) }
    },
    candidatePath: (id) => candidates.get(id),
    survey: (expression, { signal, ...call }) =>
      inTurn(() => surveyWeights(expression, { ...surveying, ...call, signal: AbortSignal.any([signal, closing.signal]) })),
    histogram: (expression, tensor, { signal, ...call }) =>
      inTurn(() => histogramOf(expression, tensor, { ...surveying, ...call, signal: AbortSignal.any([signal, closing.signal]) })),
    async close() {
      closing.abort(new Error('the application is closing'))
      await last
    },
  }
}

const load = (model: ModelRef): WeightsExpression => ({ op: 'load', model })

/** Under its name only when it is whole. */
function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.part`, bytes, { flush: true })
  renameSync(`${path}.part`, path)
  syncFolder(dirname(path))
}

/** Removes what processes that are gone had lent; another instance of the application may be searching now. */
function forgetCandidates(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder))
    if (/^\d+$/.test(name) && !isAlive(Number(name))) rmSync(join(folder, name), { recursive: true, force: true })
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A file name that any system takes. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48) || 'merged'
