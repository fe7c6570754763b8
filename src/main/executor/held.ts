import { hash } from 'node:crypto'
import { valueText } from '../../shared/hash'
import { canonicalJson } from '../../shared/json'
import type { WireValue } from '../../shared/value'
import type { WireKind } from '../../shared/wire'
import type { NewValue, OutputRef, OutputRefs, StoredValue } from './interfaces'
import { previewOf } from './preview'

/** A value on its way through a run: always its hash, its data only while somebody will read it. */
export interface Held extends OutputRef {
  /** keys of blobs that the data names */
  mentions: readonly string[]
  /** undefined: not in memory; `read` gets it from the store */
  wire: WireValue | undefined
}

export interface Values {
  get(sha: string): StoredValue
}

export interface Fresh {
  readonly held: Held
  readonly value: NewValue
}

/** A new value, hashed. `blobKeys` are the blobs it may mention. Throws a TypeError for data that JSON cannot hold. */
export function holdFresh(kind: WireKind, list: boolean, data: unknown, blobKeys: Iterable<string>): Fresh {
  const json = canonicalJson(data)
  const sha = hashJson(kind, list, json)
  const mentions: string[] = []
  for (const key of blobKeys) if (json.includes(key)) mentions.push(key)
  const wire: WireValue = list ? { kind, list: true, data } : { kind, data }
  const held: Held = { kind, list, sha, sizeBytes: Buffer.byteLength(json), preview: previewOf(data, json.length), mentions, wire }
  return { held, value: { sha, kind, list, json, mentions } }
}

export const hashJson = (kind: WireKind, list: boolean, json: string): string => hash('sha256', valueText(kind, list, json), 'hex')

/** A stored value, not yet in memory. */
export const holdStored = ({ kind, list, sha, sizeBytes, preview }: OutputRef): Held => ({
  kind,
  list,
  sha,
  sizeBytes,
  preview,
  mentions: [],
  wire: undefined,
})

/** Stored values by port, not yet in memory. */
export function holdAllStored(refs: OutputRefs): Map<string, Held> {
  const held = new Map<string, Held>()
  for (const port in refs) held.set(port, holdStored(refs[port]!))
  return held
}

/** The data of a value; it stays in memory until `release`. Throws `not-found` when the store no longer has it. */
export function read(held: Held, values: Values): WireValue {
  if (held.wire) return held.wire
  const { kind, list, data, mentions } = values.get(held.sha)
  held.wire = list ? { kind, list: true, data } : { kind, data }
  held.mentions = mentions
  return held.wire
}

export function release(held: Held): void {
  held.wire = undefined
}

export const refOf = ({ kind, list, sha, sizeBytes, preview }: Held): OutputRef => ({ kind, list, sha, sizeBytes, preview })

/** The single values of a list. */
export function itemsOf(held: Held, values: Values): Held[] {
  const wire = read(held, values)
  if (!wire.list) return [held]
  return (wire.data as unknown[]).map((data) => {
    const item = holdFresh(held.kind, false, data, []).held
    return held.mentions.length === 0 ? item : { ...item, mentions: held.mentions }
  })
}
