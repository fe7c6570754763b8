import type { Backend } from '../../shared/api'

/** What is kept of a server: whether its key is there is found out by the house each time. Pure. */
export type StoredBackend = Omit<Backend, 'hasKey'>

export interface BackendDraft {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly keyVariable: string
}

export const emptyDraft: BackendDraft = { id: '', name: '', url: '', keyVariable: '' }

export const draftOf = ({ id, name, url, keyVariable }: Backend): BackendDraft => ({ id, name, url, keyVariable: keyVariable ?? '' })

/** What is wrong with a draft, as a sentence; undefined when it can be kept. `taken`: ids of the other servers. */
export function faultOfDraft({ id, name, url, keyVariable }: BackendDraft, taken: readonly string[]): string | undefined {
  if (name.trim() === '') return 'Give the server a name.'
  if (!/^[a-z0-9-]{1,40}$/.test(id)) return 'An id has small letters, digits and dashes, at most 40.'
  if (taken.includes(id)) return `The id “${id}” is taken.`
  if (!isHttp(url)) return 'An address starts with http:// or https://.'
  if (keyVariable !== '' && !/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(keyVariable))
    return 'Name an environment variable, such as OPENAI_API_KEY; never the key itself.'
  return undefined
}

function isHttp(url: string): boolean {
  if (!URL.canParse(url.trim())) return false
  const { protocol, hostname } = new URL(url.trim())
  return (protocol === 'http:' || protocol === 'https:') && hostname !== ''
}

/** An id for a name that was typed: “My server” → `my-server`. */
export const idFor = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)

/** The list to store with a draft in place of `replaces`, or at the end. Fields that only the house knows are left out. */
export function withDraft(backends: readonly Backend[], draft: BackendDraft, replaces?: string): StoredBackend[] {
  const kept: StoredBackend = {
    id: draft.id,
    name: draft.name.trim(),
    url: draft.url.trim(),
    ...(draft.keyVariable === '' ? {} : { keyVariable: draft.keyVariable }),
  }
  const stored = backends.map(toStored)
  return replaces === undefined ? [...stored, kept] : stored.map((backend) => (backend.id === replaces ? kept : backend))
}

export const without = (backends: readonly Backend[], id: string): StoredBackend[] =>
  backends.filter((backend) => backend.id !== id).map(toStored)

const toStored = ({ id, name, url, keyVariable }: Backend): StoredBackend => ({
  id,
  name,
  url,
  ...(keyVariable === undefined ? {} : { keyVariable }),
})
