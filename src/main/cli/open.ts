import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { projectFolder } from '../folders'
import type { GlobalOptions } from './options'
import { printNote } from './output'
import { noWindow, serveCommand } from './serve'

/** `npm start`: the Electron window; the browser where there is no display or Electron's binary cannot be had. */
export async function open(globals: GlobalOptions): Promise<number> {
  if (!hasDisplay()) return serveInstead('There is no display.', globals)
  const binary = electronBinary() ?? fetchElectron()
  if (binary === undefined) return serveInstead('Electron’s binary could not be had.', globals)
  return new Promise((resolve) => {
    const child = spawn(binary, [projectFolder()], { stdio: 'inherit' })
    child.on('error', () => resolve(serveInstead('Electron could not be started.', globals)))
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

const serveInstead = (reason: string, globals: GlobalOptions): Promise<number> =>
  serveCommand({ port: 0, root: [], open: hasDisplay() }, globals, noWindow(reason))

function electronFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return undefined
  }
}

function electronBinary(): string | undefined {
  const folder = electronFolder()
  if (folder === undefined || !existsSync(join(folder, 'path.txt'))) return undefined
  const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim())
  return existsSync(path) ? path : undefined
}

/** Electron's package brings no binary: its own installer fetches it once and checks its hash. */
function fetchElectron(): string | undefined {
  const folder = electronFolder()
  if (folder === undefined) return undefined
  printNote('Fetching Electron’s binary (once, about 120 MB) …')
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 600_000 })
  return electronBinary()
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}
