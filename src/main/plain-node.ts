import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder, resourcesFolder } from './folders'

/**
 * A plain Node for the processes of our own. Electron's binary will not do: its allocator caps one allocation at 2 GiB. The packaged application
 * carries the Node of the `node` package; a checkout has it in node_modules; otherwise we already run on one.
 */
export function plainNode(): string {
  if (!process.versions.electron) return process.execPath
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const found = [join(resourcesFolder(), 'bin', name), join(projectFolder(), 'node_modules', 'node', 'bin', name)].find(existsSync)
  if (found === undefined) throw new Error('The Node binary that the models run on is missing from the application.')
  return found
}
