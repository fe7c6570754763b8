import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where this build lies. Entries are `out/main/*.js`, chunks one folder deeper; sources (tests) are `src/main/*.ts`. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('package.json was not found above the program')
    folder = parent
  }
  return folder
}

/** Files that ship with the application. Packaged, they lie beside the archive, where native code can open them. */
export function resourcesFolder(): string {
  const packaged = process.env.TRIBUTARY_RESOURCES
  return packaged ?? join(projectFolder(), 'resources')
}

export const rendererFolder = (): string => join(projectFolder(), 'out', 'renderer')
export const hostEntry = (): string => unpacked(join(projectFolder(), 'out', 'main', 'host.js'))
export const mergeWorkerEntry = (): string => unpacked(join(projectFolder(), 'out', 'main', 'merge-worker.js'))

/** A plain Node cannot read Electron's archive: what it runs lies beside it. */
const unpacked = (path: string): string => path.replace(/app\.asar([\\/])/, 'app.asar.unpacked$1')
