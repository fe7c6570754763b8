import { basename } from 'node:path'
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp'
import { TributaryError } from '../../shared/errors'
import type { DeviceChoice } from '../models/host-protocol'

/** llama.cpp as node-llama-cpp loaded it: the device it chose, and where its shared libraries lie on this system. */
export interface LoadedLibraries {
  readonly llama: Llama
  /** of llama.cpp, as node-llama-cpp names it, e.g. `v0.5.0` */
  readonly release: string
  readonly llamaPath: string
  readonly ggmlPath: string
  /** where ggml lists its backends */
  readonly registryPath: string
  /** the last lines that llama.cpp wrote as errors or warnings, oldest first */
  readonly recentLog: readonly string[]
}

/**
 * Lets node-llama-cpp pick and load llama.cpp for a device, then finds the very libraries it loaded. Their paths are read from the process
 * itself, so they hold on every system and for every variant. Throws `model-load-failed` when the device cannot be had.
 */
export async function loadLibraries(device: DeviceChoice): Promise<LoadedLibraries> {
  const recentLog: string[] = []
  const llama = await getLlama({
    gpu: device === 'cpu' ? false : device,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: (_level, message) => {
      recentLog.push(message.trim())
      if (recentLog.length > 40) recentLog.shift()
    },
  }).catch((cause: unknown) => {
    throw new TributaryError('model-load-failed', `llama.cpp could not be loaded for the device "${device}": ${reasonOf(cause)}`, {
      hint: device === 'cpu' ? 'Install the packages again (npm ci).' : 'Choose the device "auto" or "cpu" in the settings.',
      cause,
    })
  })
  const objects = sharedObjects()
  return {
    llama,
    release: llama.llamaCppRelease.release,
    llamaPath: findLibrary(objects, 'llama'),
    ggmlPath: findLibrary(objects, 'ggml-base'),
    registryPath: findLibrary(objects, 'ggml'),
    recentLog,
  }
}

/** Finds `libllama.so`, `libllama.v0.5.0.dylib`, `llama.dll` and the like, but not `libllama-common.so`. */
export function findLibrary(objects: readonly string[], name: string): string {
  const pattern = new RegExp(`^(lib)?${name}(\\.v?\\d[\\d.]*)?\\.(so|dylib|dll)(\\.[\\d.]+)?$`, 'i')
  const found = objects.find((path) => pattern.test(basename(path.replaceAll('\\', '/'))))
  if (found) return found
  throw new TributaryError('model-load-failed', `node-llama-cpp loaded no library named "${name}".`, {
    hint: 'Install the packages again (npm ci).',
  })
}

function sharedObjects(): string[] {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean }
  report.excludeNetwork = true // else the report looks up host names, which can take seconds
  const { sharedObjects: objects } = report.getReport() as { sharedObjects?: string[] }
  return objects ?? []
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
