import { spawnSync } from 'node:child_process'

/** A command that starts another one without any network but its own loopback, if this system has one that needs no rights. */
export type NetworkCutter = readonly [command: string, ...args: string[]]

const unshare: NetworkCutter = ['unshare', '--user', '--map-current-user', '--net', '--']

/**
 * On Linux a process may give up its network by a namespace of its own, where the system lets users make them; it keeps its id, its files and the channel to its
 * parent. undefined elsewhere: then the operator does it (`docs/controls.md`, C31). Asks the system once.
 */
export function networkCutter(platform: NodeJS.Platform = process.platform): NetworkCutter | undefined {
  if (platform !== 'linux') return undefined
  if (found === undefined) {
    const [command, ...args] = unshare
    found = spawnSync(command, [...args, 'true'], { stdio: 'ignore', timeout: 2000 }).status === 0
  }
  return found ? unshare : undefined
}

let found: boolean | undefined
