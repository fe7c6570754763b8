import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TributaryError } from '../../shared/errors'
import { loadCatalogue } from '../models/library/catalogue'
import { dataFolders } from '../models/library/folders'
import { createShelf } from '../models/library/shelf'
import { memoryShelfTable } from '../models/library/shelf-table'
import type { ModelPool } from '../models/model'
import { createModelPool, type OwnedModelPool } from '../models/pool'
import { buildHost } from '../models/testing'
import { createCatalog } from '../nodes/catalog'
import type { DemonstrationRooms } from './context'
import { demonstrations } from './demonstrations'
import { runDemonstrations } from './run-demonstrations'

/** Every demonstration shows the effect that it states; those that need a starter model which is not on this machine are skipped. */
let pool: OwnedModelPool & ModelPool
let rooms: DemonstrationRooms

beforeAll(async () => {
  const shelf = createShelf({
    modelsFolder: dataFolders().models,
    shippedFolder: resolve('resources/toys'),
    table: memoryShelfTable(),
    catalogue: await loadCatalogue('resources/models.json'),
  })
  pool = createModelPool({
    host: { entry: await buildHost(), execPath: process.execPath },
    settings: { device: 'cpu' },
    resolve: async (ref) => ({ path: (await shelf.find(ref.id))?.path ?? '' }),
  })
  rooms = {
    catalog: createCatalog(),
    models: pool,
    weights: { write: () => Promise.reject(new Error('no merge worker in this test')) },
    resolve: async (id) => {
      const model = await shelf.find(shelf.catalogue.byId(id)?.sha256 ?? '')
      if (!model) throw new TributaryError('model-missing', `${id} is not on this machine.`)
      return model.ref
    },
  }
})
afterAll(() => pool.close())

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
