import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { OwnedModelPool } from '../../models/pool'
import { createToyPool, quietCall } from '../../models/testing'
import type { NodeModels, RunContext } from '../../node-runtime'
import { createWeightsRuntime } from '../runtime'
import { buildWorkerEntry } from './worker-entry'

/** Toys as they are merged in the product: a worker that computes, a folder of its own that it writes to, and a pool that asks what was written. */
export interface ToyRuntime {
  readonly folder: string
  readonly pool: OwnedModelPool
  readonly runtime: ReturnType<typeof createWeightsRuntime>
  /** what a node needs to merge and to ask */
  readonly context: Pick<RunContext, 'weights' | 'models'>
  close(): Promise<void>
}

export async function openToyRuntime(): Promise<ToyRuntime> {
  const folder = mkdtempSync(join(tmpdir(), 'toy-runtime-'))
  const entry = await buildWorkerEntry()
  const pool: OwnedModelPool = await createToyPool({}, undefined, (id) => runtime.candidatePath(id))
  const runtime = createWeightsRuntime({
    entry,
    resolve: async (ref) => ({ path: ref.id.startsWith('toy:') ? resolve('resources/toys', `${ref.id.slice(4)}.gguf`) : ref.id }),
    outputFolder: folder,
    keep: async (path) => path,
    register: async (path, { name }) => ({ backend: 'llama-cpp', id: path, name }),
  })
  const close = async () => {
    await runtime.close()
    await pool.close()
    rmSync(folder, { recursive: true })
  }
  const call = quietCall()
  const models: NodeModels = {
    open: (ref) => pool.open(ref),
    call,
    decode: (program) => pool.decode(program, call),
    decodeAll: (programs) => pool.decodeAll(programs, call),
  }
  return { folder, pool, runtime, context: { weights: runtime, models }, close }
}
