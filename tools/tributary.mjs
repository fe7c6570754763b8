#!/usr/bin/env node
/**
 * The command. It finds the Node that the project brings (system Nodes are often too old for the native modules), builds once when there is no
 * build yet, and hands over. In the packaged application `out/` is always there and this file only imports it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const entry = join(root, 'out', 'main', 'cli.js')
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
// What V8 compiled is kept beside the packages, where only the owner of the checkout writes; a folder that cannot be written changes nothing.
const compiled = join(root, 'node_modules', '.cache', 'tributary-compiled')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
// The store compresses with Zstandard, which Node has since 22.15 and 23.8.
const isTooOld = major < 22 || (major === 22 && minor < 15) || (major === 23 && minor < 8)

if (!existsSync(entry)) {
  const vite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const built = spawnSync(existsSync(ownNode) ? ownNode : process.execPath, [vite, 'build'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (built.status !== 0) process.exit(built.status ?? 1)
}

if (isTooOld && existsSync(ownNode)) {
  const child = spawnSync(ownNode, [entry, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  })
  if (child.error) {
    console.error(`Tributary needs Node 22.15 or newer; this is ${process.version}.`)
    process.exit(1)
  }
  process.exit(child.status ?? (child.signal === 'SIGINT' ? 130 : 143))
} else {
  module.enableCompileCache?.(compiled)
  await import(new URL(`file://${entry.replaceAll('\\', '/')}`))
}
