import { freemem, totalmem } from 'node:os'
import { dependencies } from '../../package.json'
import type { SystemInfo } from '../shared/api'
import { networkCutter } from './models/without-network'
import { VERSION } from './version'

interface Whereabouts extends Pick<SystemInfo, 'dataFolder' | 'roots' | 'device'> {
  readonly door: SystemInfo['door'] | 'terminal'
  readonly budget: number
}

/** Where this is, on what it runs, and what models may take of it. */
export function systemInfo({ door, dataFolder, roots, budget, device }: Whereabouts): SystemInfo {
  return {
    version: VERSION,
    platform: process.platform,
    door: door === 'window' ? 'window' : 'browser',
    device,
    memoryBytes: { total: totalmem(), free: freemem(), budget },
    dataFolder,
    roots,
    modelsHaveNetwork: networkCutter() === undefined,
    llamaCpp: `node-llama-cpp ${dependencies['node-llama-cpp']}`,
  }
}
