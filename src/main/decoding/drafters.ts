import type { DrafterDefinition } from './drafter'

/** All drafters, found by their files and checked here. */
const modules = import.meta.glob(['./drafters/*.ts', '!./drafters/*.test.ts'], { eager: true, import: 'default' })

export const drafters: ReadonlyMap<string, DrafterDefinition> = gather(modules)

function gather(found: Readonly<Record<string, unknown>>): ReadonlyMap<string, DrafterDefinition> {
  const all = new Map<string, DrafterDefinition>()
  for (const [file, drafter] of Object.entries(found)) {
    if (!isDrafter(drafter)) throw new Error(`${file} does not export a drafter by default`)
    if (!file.endsWith(`/${drafter.spec.name}.ts`)) throw new Error(`${file}: its drafter is called ${drafter.spec.name}`)
    if (drafter.spec.summary === '') throw new Error(`${file}: a drafter says what it does`)
    all.set(drafter.spec.name, drafter)
  }
  return all
}

function isDrafter(value: unknown): value is DrafterDefinition {
  return typeof value === 'object' && value !== null && 'spec' in value && 'create' in value && 'size' in value
}
