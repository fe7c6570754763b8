import { rmSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TributaryError } from '../../shared/errors'
import type { ModelRef } from '../../shared/value'
import { loadCatalogue } from '../models/library/catalogue'
import { createShelf } from '../models/library/shelf'
import { memoryShelfTable } from '../models/library/shelf-table'
import type { ModelPool } from '../models/model'
import { createModelPool, type OwnedModelPool } from '../models/pool'
import { buildHost, starterFolder, temporaryFolder } from '../models/testing'
import { createCatalog } from '../nodes/catalog'
import { createWeightsRuntime } from '../weights/runtime'
import { buildWorkerEntry } from '../weights/testing/worker-entry'
import type { DemonstrationRooms } from './context'
import { demonstrations } from './demonstrations'
import { runDemonstrations } from './run-demonstrations'

/** Every demonstration shows the effect that it states; those that need a starter model which is not on this machine are skipped. */
let pool: OwnedModelPool & ModelPool
let rooms: DemonstrationRooms
let weights: ReturnType<typeof createWeightsRuntime>
const mergedFolder = temporaryFolder('demonstrations')

beforeAll(async () => {
  const shelf = createShelf({
    modelsFolder: starterFolder(),
    shippedFolder: resolvePath('resources/toys'),
    table: memoryShelfTable(),
    catalogue: await loadCatalogue('resources/models.json'),
  })
  // what a demonstration merged is named by its path
  const resolve = async (ref: ModelRef) => ({
    path: weights.candidatePath(ref.id) ?? (ref.id.endsWith('.gguf') ? ref.id : ((await shelf.find(ref.id))?.path ?? '')),
  })
  weights = createWeightsRuntime({
    entry: await buildWorkerEntry(),
    resolve,
    outputFolder: mergedFolder,
    keep: async (path) => path,
    register: async (path, { name }) => ({ backend: 'llama-cpp', id: path, name }),
  })
  pool = createModelPool({
    host: { entry: await buildHost(), execPath: process.execPath },
    settings: { device: 'cpu' },
    resolve,
  })
  rooms = {
    catalog: createCatalog(),
    models: pool,
    weights,
    discard: async (model) => rmSync(model.id, { force: true }),
    resolve: async (id) => {
      const model = await shelf.find(shelf.catalogue.byId(id)?.sha256 ?? '')
      if (!model) throw new TributaryError('model-missing', `${id} is not on this machine.`)
      return model.ref
    },
  }
})
afterAll(async () => {
  await weights.close()
  await pool.close()
  rmSync(mergedFolder, { recursive: true, force: true })
})

const only = process.env.DEMONSTRATIONS?.split(',')

test.for([...demonstrations.values()].filter(({ system }) => only?.includes(system) ?? true))(
  '$system: $title',
  { timeout: 300_000 },
  async (demonstration, { signal, skip }) => {
    for await (const result of runDemonstrations([demonstration], rooms, signal)) {
      if (only) console.log(JSON.stringify(result))
      if (result.status === 'skipped') skip(result.effect)
      expect(result).toMatchObject({ status: 'pass' })
    }
  },
)
