import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where everything of ours lives. `root` is made by whoever writes first; nothing outside it is ever written. */
export interface DataFolders {
  readonly root: string
  /** model files that we fetched or wrote */
  readonly models: string
  /** half-arrived downloads; safe to delete when no pull is running */
  readonly downloads: string
  readonly store: string
  /** what was derived from models and takes long to make; safe to delete */
  readonly derived: string
}

export interface FolderFacts {
  readonly env: { readonly [name: string]: string | undefined }
  readonly platform: NodeJS.Platform
  readonly home: string
}

/** The data folder of this person: TRIBUTARY_HOME if set, else where the operating system keeps an application's data. */
export function dataFolders(facts: FolderFacts = { env: process.env, platform: process.platform, home: homedir() }): DataFolders {
  const root = facts.env.TRIBUTARY_HOME || defaultRoot(facts)
  return {
    root,
    models: join(root, 'models'),
    downloads: join(root, 'downloads'),
    store: join(root, 'store'),
    derived: join(root, 'derived'),
  }
}

function defaultRoot({ env, platform, home }: FolderFacts): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Tributary')
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Tributary')
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'tributary')
}
