import systemsFile from '../../../resources/systems.json'
import type { NodeSpec } from '../../shared/node-spec'
import type { NodeDefinition } from '../node-runtime'
import { checkDefinition } from './check-definition'

/** All node kinds that this build knows. A node is one file whose default export is `defineNode(spec, run)`, or an array of such. */
export interface Catalog {
  /** sorted by type */
  specs(): readonly NodeSpec[]
  get(type: string): NodeDefinition | undefined
}

/** Modules by file; files without a default export are helpers and no concern of the catalog. */
export type Modules = Readonly<Record<string, { readonly default?: unknown }>>

let known: Catalog | undefined

/**
 * Finds every node file of this folder. Sources are checked, and one Error lists all problems by file; a build was checked by its tests and only starts. Built once.
 */
export function createCatalog(): Catalog {
  known ??= catalogOf(import.meta.glob(['./**/*.ts', '!./**/*.test.ts', '!./catalog.ts', '!./testing.ts'], { eager: true }), systemIds())
  return known
}

export const systemIds = (): Set<string> => new Set(systemsFile.systems.map((system) => system.id))

export function catalogOf(modules: Modules, systems: ReadonlySet<string>): Catalog {
  const found = Object.entries(modules)
    .map(([file, module]) => ({ file, exported: module.default }))
    .filter(({ exported }) => exported !== undefined)
    .flatMap(({ file, exported }) => (Array.isArray(exported) ? exported : [exported]).map((definition: unknown) => ({ file, definition })))
  const problems = import.meta.env.DEV
    ? found.flatMap(({ file, definition }) => checkDefinition(definition, systems).map((problem) => `${file}: ${problem}`))
    : []
  const files = new Map<string, string>()
  const byType = new Map<string, NodeDefinition>()
  for (const { file, definition } of found) {
    const type = (definition as Partial<NodeDefinition> | null)?.spec?.type
    if (type === undefined) continue
    const earlier = files.get(type)
    if (earlier !== undefined) problems.push(`${file}: has the type "${type}", which ${earlier} has too`)
    files.set(type, file)
    byType.set(type, definition as NodeDefinition)
  }
  if (problems.length > 0) throw new Error(`the node catalog has problems:\n${problems.join('\n')}`)
  const specs = [...byType.values()].map(({ spec }) => spec).sort((a, b) => (a.type < b.type ? -1 : 1))
  return { specs: () => specs, get: (type) => byType.get(type) }
}
