/**
 * Packages the application: `npm run package -- [options of electron-builder]`. First what goes in is written down and looked at: a bill of materials beside the
 * packages (CycloneDX, of what the lock file pins), and the registry's signatures of everything installed. `--unsigned` goes on where the
 * registry signs nothing.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')

/** The bill of materials of the lock file as text; what only builds and tests is marked so. (Told to leave that out, npm leaves out more.) Throws what npm says. */
export function billOfMaterials() {
  const { status, stdout, stderr } = run('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], 'pipe')
  if (status !== 0) throw new Error(`npm sbom: ${stderr}`)
  return stdout
}

function run(command, args, stdio = 'inherit') {
  return spawnSync(command, args, { cwd: root, stdio, encoding: 'utf8', maxBuffer: 64 * 2 ** 20, shell: process.platform === 'win32' })
}

function main(args) {
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(join(root, 'dist', 'sbom.cdx.json'), billOfMaterials())
  const unsigned = args.includes('--unsigned')
  if (!unsigned && run('npm', ['audit', 'signatures']).status !== 0) return 1
  if (run('npx', ['electron-vite', 'build']).status !== 0) return 1
  return run('npx', ['electron-builder', ...args.filter((arg) => arg !== '--unsigned')]).status ?? 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(process.argv.slice(2))
