import { rmSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TributaryError } from '../../../shared/errors'
import type { ModelRef } from '../../../shared/value'
import { loadCatalogue } from '../../models/library/catalogue'
import { createShelf } from '../../models/library/shelf'
import { memoryShelfTable } from '../../models/library/shelf-table'
import type { ModelPool } from '../../models/model'
import { createModelPool, type OwnedModelPool } from '../../models/pool'
import { buildHost, starterFolder, temporaryFolder, testThreads } from '../../models/testing'
import { createCatalog } from '../../nodes/catalog'
import { createWeightsRuntime } from '../../weights/runtime'
import { buildWorkerEntry } from '../../weights/testing/worker-entry'
import type { DemonstrationRooms } from '../context'
import { demonstrations } from '../demonstrations'
import { systemEntries } from '../entries'
import { runDemonstrations } from '../run-demonstrations'

/** Of a comma-separated list of systems, to see the figures of a few. */
const only = process.env.DEMONSTRATIONS?.split(',')
const familyOf = (system: string): string | undefined => systemEntries.find(({ id }) => id === system)?.family

/**
 * Tests of the demonstrations of one family; each shows the effect that it states. Those that need a starter model which is not on this machine are skipped.
 * A file for each family, so that several may run at the same time.
 */
export function testDemonstrations(family: string): void {
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
      settings: { device: 'cpu', threads: testThreads() },
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

  test.for([...demonstrations.values()].filter(({ system }) => familyOf(system) === family))(
    '$system: $title',
    { timeout: 300_000 },
    async (demonstration, { signal, skip }) => {
      skip(only !== undefined && !only.includes(demonstration.system))
      for await (const result of runDemonstrations([demonstration], rooms, signal)) {
        if (only) console.log(JSON.stringify(result))
        if (result.status === 'skipped') skip(result.effect)
        expect(result).toMatchObject({ status: 'pass' })
      }
    },
  )
}
