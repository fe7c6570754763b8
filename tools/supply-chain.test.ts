import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What we are made of: exact, from the lock file, without scripts but those that are listed, and written down when packaged (C40 of `docs/controls.md`). */
const root = resolve(import.meta.dirname, '..')
const read = (file: string) => JSON.parse(readFileSync(resolve(root, file), 'utf8'))

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly optional?: boolean
  readonly link?: boolean
  readonly inBundle?: boolean
}
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> }
const locked = Object.entries(packages).filter(([path]) => path !== '')
const named = read('package.json') as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

describe('packages', () => {
  it('are named in one exact version each', () => {
    for (const version of Object.values({ ...named.dependencies, ...named.devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
    expect(readFileSync(resolve(root, '.npmrc'), 'utf8')).toMatch(/^save-exact=true$/m)
  })

  it('are locked with a hash of their content; those for other systems are optional', () => {
    expect(locked.length).toBeGreaterThan(500)
    expect(locked.filter(([, { integrity, optional, inBundle }]) => !integrity && !optional && !inBundle)).toEqual([])
  })

  it('come from the registry: no addresses, no folders', () => {
    expect(locked.filter(([, { link, version }]) => link || !/^\d/.test(version ?? '')).map(([path]) => path)).toEqual([])
  })

  it('run a script at installation only where the list says so, and the list names all that would', () => {
    const wanting = new Set(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path)))
    expect([...wanting].filter((name) => !(name in named.allowScripts))).toEqual([])
    const allowed = Object.entries(named.allowScripts).flatMap(([name, isAllowed]) => (isAllowed ? [name] : []))
    expect(allowed).toEqual(['node'])
  })

  it('are all that the sources import', () => {
    const builtin = new Set(builtinModules)
    const known = new Set([...Object.keys(named.dependencies), ...Object.keys(named.devDependencies)])
    const strangers = new Set<string>()
    for (const file of globSync('src/**/*.{ts,tsx}', { cwd: root }))
      for (const [, from] of readFileSync(resolve(root, file), 'utf8').matchAll(/^(?:import|export)[^'"\n]*from '([^'.][^']*)'/gm)) {
        const name = (from as string)
          .split('/')
          .slice(0, (from as string).startsWith('@') ? 2 : 1)
          .join('/')
        if (!name.startsWith('node:') && !builtin.has(name) && !known.has(name)) strangers.add(name)
      }
    expect([...strangers]).toEqual([])
  })
})

it('the bill of materials names every package that the application needs to run, with its version', async () => {
  const script = "import('./tools/package.mjs').then(({ billOfMaterials }) => process.stdout.write(billOfMaterials()))"
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 })
  expect(stderr).toBe('')
  const bill = JSON.parse(stdout) as {
    bomFormat: string
    components: readonly { name: string; group?: string; version: string; properties?: readonly { name: string }[] }[]
  }
  expect(bill.bomFormat).toBe('CycloneDX')
  const held = new Set(bill.components.map(({ name, group, version }) => `${group ? `${group}/` : ''}${name}@${version}`))
  expect(Object.entries(named.dependencies).filter(([name, version]) => !held.has(`${name}@${version}`))).toEqual([])
  const vitest = bill.components.find(({ name, version }) => name === 'vitest' && version === named.devDependencies.vitest)
  expect(vitest?.properties?.map(({ name }) => name)).toContain('cdx:npm:package:development')
}, 60_000)

describe('electron-builder', () => {
  const { build } = read('package.json') as { build: Record<string, unknown> & { files: string[]; electronFuses: Record<string, boolean> } }
  const scheme = read('node_modules/app-builder-lib/scheme.json') as {
    properties: Record<string, unknown>
    definitions: Record<string, { properties: Record<string, unknown> }>
  }

  it('knows every setting that we give it', () => {
    expect(Object.keys(build).filter((key) => !(key in scheme.properties))).toEqual([])
    expect(Object.keys(build.electronFuses).filter((key) => !(key in (scheme.definitions.FuseOptionsV1?.properties ?? {})))).toEqual([])
  })

  it('turns off what lets others run code in the application', () => {
    expect(build.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      grantFileProtocolExtraPrivileges: false,
    })
  })

  it('takes along what the processes load: every part of the built application is in its files, and the folders beside it exist', () => {
    expect(build.files).toEqual(expect.arrayContaining(['out/**', 'package.json']))
    for (const { from } of build.extraResources as readonly { from: string }[]) expect(globSync(from, { cwd: root })).not.toEqual([])
  })
})
