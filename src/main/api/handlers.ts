import type { Handlers } from '../../shared/api'
import { batchHandlers } from './batches'
import { bundleHandlers } from './bundle-handlers'
import { catalogHandlers } from './catalog'
import { datasetHandlers } from './datasets'
import { graphHandlers } from './graphs'
import type { House } from './house'
import { libraryHandlers } from './library'
import { modelHandlers } from './models'
import { resourceHandlers } from './resources'
import { runHandlers } from './runs'
import { settingsHandlers } from './settings'
import { traceHandlers } from './traces'
import { weightsHandlers } from './weights'

/** What only the one who opened the house knows. */
interface Surroundings extends Pick<Handlers, 'system.info'> {
  /** of this machine and application, for runs that leave as a file */
  readonly about: Parameters<typeof bundleHandlers>[1]
}

/** Every method of the contract. */
export const handlersOf = (house: House, { about, ...system }: Surroundings): Handlers => ({
  ...system,
  ...catalogHandlers(house),
  ...graphHandlers(house),
  ...libraryHandlers(house),
  ...runHandlers(house),
  ...bundleHandlers(house, about),
  ...modelHandlers(house),
  ...resourceHandlers(house),
  ...settingsHandlers(house),
  ...traceHandlers(house),
  ...weightsHandlers(house),
  ...datasetHandlers(house),
  ...batchHandlers(house),
})
