import { cutList } from '../../shared/cut-list'
import type { Json } from '../../shared/json'

const wholeChars = 1500
const textChars = 1000
const listItems = 5
const depthLimit = 4

/** What a node shows of a value: the value itself when small, else the same shape with long texts and lists cut; `jsonChars` is the length of its JSON. */
export function previewOf(data: unknown, jsonChars: number): Json {
  return jsonChars <= wholeChars ? (data as Json) : shorten(data, 0, textChars)
}

function shorten(data: unknown, depth: number, chars: number): Json {
  if (typeof data === 'string') return data.length > chars ? `${data.slice(0, chars)}…` : data
  if (data === null || typeof data === 'number' || typeof data === 'boolean') return data
  if (typeof data !== 'object') return null
  if (depth >= depthLimit) return Array.isArray(data) ? `[${data.length}]` : '{…}'
  const inner = Math.max(60, Math.floor(chars / 4))
  if (Array.isArray(data)) {
    const shown = data.slice(0, listItems).map((item) => shorten(item, depth + 1, inner))
    return cutList(shown, data.length)
  }
  const members = Object.entries(data).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members.slice(0, 20).map(([name, value]) => [name, shorten(value, depth + 1, inner)]))
}
