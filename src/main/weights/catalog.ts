import type { AnyMethod } from './method'

/** All merge methods and pruners that this build knows: one file each in `methods/` and `pruners/`, found and checked at start. */
export interface WeightsCatalog {
  /** sorted by name */
  readonly methods: readonly AnyMethod[]
  readonly pruners: readonly AnyMethod[]
  method(name: string): AnyMethod | undefined
  pruner(name: string): AnyMethod | undefined
}

type Modules = Readonly<Record<string, { readonly default?: unknown }>>

let known: WeightsCatalog | undefined

/** Throws one Error that lists every file with a problem. Built once. */
export function weightsCatalog(): WeightsCatalog {
  known ??= catalogOf(
    import.meta.glob(['./methods/*.ts', '!./methods/*.test.ts'], { eager: true }),
    import.meta.glob(['./pruners/*.ts', '!./pruners/*.test.ts'], { eager: true }),
  )
  return known
}

export function catalogOf(methods: Modules, pruners: Modules): WeightsCatalog {
  const problems: string[] = []
  const collect = (modules: Modules): Map<string, AnyMethod> => {
    const found = new Map<string, AnyMethod>()
    for (const file of Object.keys(modules).sort()) {
      const method = modules[file]?.default as AnyMethod | undefined
      const name = /([^/]+)\.ts$/.exec(file)?.[1]
      if (method === undefined) problems.push(`${file}: has no default export`)
      else if (method.name !== name) problems.push(`${file}: is named "${method.name}", not after its file`)
      else if ([method.title, method.summary, method.paper].some((text) => !text))
        problems.push(`${file}: title, summary or paper is missing`)
      else if (typeof method.combine !== 'function') problems.push(`${file}: has no combine`)
      else found.set(method.name, method)
    }
    return found
  }
  const byMethod = collect(methods)
  const byPruner = collect(pruners)
  if (problems.length > 0) throw new Error(`the weights catalog has problems:\n${problems.join('\n')}`)
  return {
    methods: [...byMethod.values()],
    pruners: [...byPruner.values()],
    method: (name) => byMethod.get(name),
    pruner: (name) => byPruner.get(name),
  }
}
