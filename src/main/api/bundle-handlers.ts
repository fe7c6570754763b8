import type { Handlers } from '../../shared/api'
import { adoptGraph } from './graphs'
import type { House } from './house'
import type { RunBundle } from './run-bundle'

/** Runs as files. What packs and unpacks them is loaded when somebody asks. */
export function bundleHandlers(house: House, environment: () => RunBundle['environment']): Pick<Handlers, 'runs.export' | 'runs.import'> {
  return {
    'runs.export': async ({ run }) => {
      const { exportRun } = await import('./bundle-transfer')
      const { fileName, bytes } = exportRun(house, run, environment())
      return { fileName, base64: Buffer.from(bytes).toString('base64') }
    },
    'runs.import': async ({ base64 }) => {
      const { importRun } = await import('./bundle-transfer')
      return importRun(house, Buffer.from(base64, 'base64'), (document, name) => adoptGraph(house, document, name).document)
    },
  }
}
