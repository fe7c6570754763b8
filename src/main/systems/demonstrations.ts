import systemsFile from '../../../resources/systems.json'
import type { Demonstration } from './demonstration'

/** All demonstrations by system, found by their files and checked: a wrong one stops the start, with its file's name. */
const modules = import.meta.glob(['./demonstrations/*.ts', '!./demonstrations/*.test.ts'], { eager: true, import: 'default' })

export const demonstrations: ReadonlyMap<string, Demonstration> = gather(modules, new Set(systemsFile.systems.map(({ id }) => id)))

export function gather(found: Readonly<Record<string, unknown>>, systems: ReadonlySet<string>): ReadonlyMap<string, Demonstration> {
  const all = new Map<string, Demonstration>()
  for (const file of Object.keys(found).sort()) {
    const demonstration = found[file]
    if (!isDemonstration(demonstration)) throw new Error(`${file} does not export a demonstration by default`)
    if (!file.endsWith(`/${demonstration.system}.ts`))
      throw new Error(`${file}: it shows ${demonstration.system}, so it must have that name`)
    if (!systems.has(demonstration.system)) throw new Error(`${file}: resources/systems.json has no system ${demonstration.system}`)
    if (demonstration.title === '' || demonstration.expected === '')
      throw new Error(`${file}: a demonstration says what it shows and expects`)
    all.set(demonstration.system, demonstration)
  }
  return all
}

function isDemonstration(value: unknown): value is Demonstration {
  return typeof value === 'object' && value !== null && 'system' in value && 'expected' in value && 'run' in value
}
