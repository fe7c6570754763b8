import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** A command that starts another one without any network but its own loopback, if this system has one that needs no rights. */
export type NetworkCutter = readonly [command: string, ...args: string[]]

const unshare: NetworkCutter = ['unshare', '--user', '--map-current-user', '--net', '--']

/**
 * On Linux a process may give up its network by a namespace of its own, where the system lets users make them; it keeps its id, its files and the channel to its
 * parent. undefined elsewhere: then the operator does it (`docs/controls.md`, C31). Asks the system once.
 */
export function networkCutter(
  platform: NodeJS.Platform = process.platform,
  exists: (path: string) => boolean = existsSync,
): NetworkCutter | undefined {
  if (platform !== 'linux' || lacksDevice(exists)) return undefined
  if (found === undefined) {
    const [command, ...args] = unshare
    found = spawnSync(command, [...args, 'true'], { stdio: 'ignore', timeout: 2000 }).status === 0
  }
  return found ? unshare : undefined
}

let found: boolean | undefined

/** NVIDIA's first user after the start of a machine has its device made by a helper with rights, which have no force in a namespace of a user. */
const lacksDevice = (exists: (path: string) => boolean): boolean => exists('/proc/driver/nvidia/version') && !exists('/dev/nvidia-uvm')
