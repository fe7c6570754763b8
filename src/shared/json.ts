/** JSON as a type, and its one canonical form (keys sorted by code unit, no spaces), on which every hash and key rests. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type JsonObject = { readonly [key: string]: Json }

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Deterministic text of a JSON value. Undefined members are left out; numbers that JSON cannot hold (NaN, ±Infinity) throw a TypeError. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`JSON cannot hold the number ${value}`)
      return String(value)
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>)
    default:
      throw new TypeError(`JSON cannot hold a ${typeof value}`)
  }
}

// Loops and one growing text: every value and key of a run passes here.
function canonicalArray(items: readonly unknown[]): string {
  let text = '['
  for (let i = 0; i < items.length; i++) text += `${i === 0 ? '' : ','}${canonicalJson(items[i] === undefined ? null : items[i])}`
  return `${text}]`
}

function canonicalObject(record: Record<string, unknown>): string {
  let text = '{'
  for (const key of sorted(Object.keys(record))) {
    const value = record[key]
    if (value !== undefined) text += `${text.length === 1 ? '' : ','}${quoted(key)}:${canonicalJson(value)}`
  }
  return `${text}}`
}

/** More keys are sorted by the engine, which allocates for it; few are put in their places one by one. */
const fewKeys = 24

/** The keys by code unit, in place. Most objects have few, and many of them were written down in order. */
function sorted(keys: string[]): string[] {
  if (keys.length > fewKeys) return isSorted(keys) ? keys : keys.sort()
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!
    let at = i
    for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!
    keys[at] = key
  }
  return keys
}

const isSorted = (keys: readonly string[]): boolean => keys.every((key, i) => i === 0 || keys[i - 1]! <= key)

/** Names of members return again and again. The first thousand short ones are kept. */
function quoted(key: string): string {
  let text = quotes.get(key)
  if (text === undefined) {
    text = JSON.stringify(key)
    if (quotes.size < 1000 && key.length <= 32) quotes.set(key, text)
  }
  return text
}

const quotes = new Map<string, string>()
