import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { TributaryError } from '../shared/errors'
import { type DataFolders, dataFolders } from './models/library/folders'

/** The data folder and what lies in it, made where they are not there. Throws `file-unreadable` where they cannot be made. */
export async function prepareFolders(home: string | undefined): Promise<DataFolders> {
  const folders =
    home === undefined ? dataFolders() : dataFolders({ env: { TRIBUTARY_HOME: resolve(home) }, platform: process.platform, home: '' })
  try {
    for (const folder of [folders.root, folders.models, folders.downloads, folders.store]) await makeFolder(folder)
  } catch (cause) {
    throw new TributaryError('file-unreadable', `The data folder ${folders.root} cannot be made: ${(cause as Error).message}.`, {
      hint: 'Choose another with --home or TRIBUTARY_HOME.',
      cause,
    })
  }
  return folders
}

/** Folder by folder: Node's own recursive mkdir never ends below a file system that takes none, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return
  if (dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}
