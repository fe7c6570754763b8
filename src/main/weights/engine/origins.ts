import { type GgufMetadata, type GgufValue, listOf, textOf } from '../gguf/types/header'

/** A model that went into a merge: its name in the library, and what its file says of itself. */
export interface Origin {
  readonly name: string
  readonly metadata: GgufMetadata
}

/** What GGUF's convention keeps of a model's ancestors, and where each stands in the ancestor's own metadata. */
const carried = {
  name: 'general.name',
  version: 'general.version',
  organization: 'general.organization',
  repo_url: 'general.repo_url',
} as const

/**
 * The keys of GGUF that name a merge's sources: `general.base_model.*` in the order of the wires, every licence joined by AND (which of them binds most is not
 * guessed), and their tags with `merge`.
 */
export function originKeys(origins: readonly Origin[]): Map<string, GgufValue> {
  const text = (value: string): GgufValue => ({ type: 'string', value })
  const keys = new Map<string, GgufValue>([['general.base_model.count', { type: 'uint32', value: origins.length }]])
  for (const [index, { name, metadata }] of origins.entries())
    for (const [part, key] of Object.entries(carried)) {
      const value = textOf(metadata, key) ?? (part === 'name' ? name : undefined)
      if (value !== undefined) keys.set(`general.base_model.${index}.${part}`, text(value))
    }
  const licences = licencesOf(origins)
  if (licences.length > 0) keys.set('general.license', text(licences.join(' AND ')))
  const tags = origins.flatMap(({ metadata }) => (listOf(metadata, 'general.tags') ?? []).filter((tag) => typeof tag === 'string'))
  keys.set('general.tags', { type: 'array', items: 'string', value: [...new Set([...tags, 'merge'])] })
  return keys
}

/** A sentence for whoever must decide what the result may be used for; undefined where there is one licence, or none is known. */
export function licenceNotice(origins: readonly Origin[]): string | undefined {
  const licences = licencesOf(origins)
  const silent = origins.filter(({ metadata }) => !textOf(metadata, 'general.license')).map(({ name }) => name)
  if (licences.length > 1) return `The sources have different licences (${licences.join(' AND ')}): the result must keep to all of them.`
  if (licences.length === 1 && silent.length > 0)
    return `Of the sources, ${silent.join(', ')} ${silent.length > 1 ? 'name' : 'names'} no licence; the result names ${licences[0]}.`
  return undefined
}

const licencesOf = (origins: readonly Origin[]): string[] => [
  ...new Set(
    origins
      .map(({ metadata }) => textOf(metadata, 'general.license'))
      .filter((licence) => licence !== undefined && licence !== '')
      .map((licence) => licence as string),
  ),
]
