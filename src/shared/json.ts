import { z } from 'zod'

/** JSON as a type, and its one canonical form (keys sorted by code unit, no spaces), on which every hash and key rests. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type JsonObject = { readonly [key: string]: Json }

/** Any JSON value, checked. */
export const jsonValue: z.ZodType<Json, Json> = z.json() as unknown as z.ZodType<Json, Json>

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
  for (const key of Object.keys(record).sort()) {
    if (record[key] !== undefined) text += `${text.length === 1 ? '' : ','}${JSON.stringify(key)}:${canonicalJson(record[key])}`
  }
  return `${text}}`
}
