import type { SystemRow } from '../../shared/api'
import type { NodeSpec } from '../../shared/node-spec'
import { weightsCatalog } from '../weights/catalog'
import { demonstrations } from './demonstrations'
import { type SystemEntry, systemEntries } from './entries'

/** Something that names the systems it realises. */
export interface Realiser {
  /** `node:retriever`, `method:ties`, `pruner:dare`, `template:draft-fast` */
  readonly name: string
  readonly systems: readonly string[]
}

/** One row for each system of the list, in its order: what realises it now, and whether a demonstration of it exists. */
export function systemRows(
  { specs }: { readonly specs: { values(): Iterable<NodeSpec> } },
  templates: readonly { readonly id: string; readonly systems: readonly string[] }[] = [],
): SystemRow[] {
  const { methods, pruners } = weightsCatalog()
  const realisers: Realiser[] = [
    ...[...specs.values()].map(({ type, systems = [] }) => ({ name: `node:${type}`, systems })),
    ...methods.map(({ name, systems }) => ({ name: `method:${name}`, systems })),
    ...pruners.map(({ name, systems }) => ({ name: `pruner:${name}`, systems })),
    ...templates.map(({ id, systems }) => ({ name: `template:${id}`, systems })),
  ]
  return tabulate(systemEntries, realisers, new Set(demonstrations.keys()))
}

/** Pure: rows out of what is named. */
export function tabulate(systems: readonly SystemEntry[], realisers: readonly Realiser[], demonstrated: ReadonlySet<string>): SystemRow[] {
  const bySystem = new Map<string, string[]>()
  for (const { name, systems: named } of realisers) for (const id of new Set(named)) bySystem.set(id, [...(bySystem.get(id) ?? []), name])
  return systems.map(({ id, name, family }) => ({
    id,
    name,
    family,
    realisedBy: [...(bySystem.get(id) ?? [])].sort(),
    demonstration: demonstrated.has(id),
  }))
}
