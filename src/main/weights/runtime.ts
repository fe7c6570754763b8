import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../shared/json'
import type { ModelRef } from '../../shared/value'
import type { WeightsRuntime } from '../node-runtime'
import { withGgml } from './convert/codec'
import { threadPool } from './engine/pools'
import { recipeOf, writeModel } from './write-model'

export interface WeightsRuntimeOptions {
  /** the built `merge-worker.js` that every thread runs */
  readonly entry: string
  readonly resolve: (ref: ModelRef) => Promise<{ readonly path: string }>
  readonly outputFolder: string
  /** Makes a finished file known to the library; gives its reference. */
  readonly register: (path: string, info: { readonly name: string; readonly recipe: JsonObject }) => Promise<ModelRef>
  /** neutral: one for each core */
  readonly threads?: number
}

/** Writes models in threads of their own; one merge at a time, so that memory and disk stay bounded. */
export function createWeightsRuntime(options: WeightsRuntimeOptions): WeightsRuntime & { close(): Promise<void> } {
  const threads = options.threads ?? Math.max(1, availableParallelism())
  const closing = new AbortController()
  let last: Promise<unknown> = Promise.resolve()
  return {
    write(request, call) {
      const signal = AbortSignal.any([call.signal, closing.signal])
      const turn = last.then(async () => {
        signal.throwIfAborted()
        const start = performance.now()
        mkdirSync(options.outputFolder, { recursive: true })
        const path = join(options.outputFolder, `${slug(request.name)}-${recipeOf(request).hash.slice(0, 12)}.gguf`)
        const { header, warnings } = await writeModel(path, request, {
          resolve: options.resolve,
          codec: withGgml,
          pool: (plan) => threadPool(options.entry, plan, threads),
          signal,
          onProgress: call.onProgress,
        })
        const model = await options.register(path, { name: request.name, recipe: request.recipe })
        return { model, sizeBytes: header.fileSize, tensors: header.tensors.length, ms: performance.now() - start, warnings }
      })
      last = turn.catch(() => undefined)
      return turn
    },
    async close() {
      closing.abort(new Error('the application is closing'))
      await last
    },
  }
}

/** A file name that any system takes. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48) || 'merged'
