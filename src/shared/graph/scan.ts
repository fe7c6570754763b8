import { graphLimits } from './limits'

/** What a look at the text finds before anything is built from it. */
export interface Scan {
  /** keys that stand twice in one object: parsing keeps the last */
  readonly duplicates: readonly string[]
  /** numbers that a double cannot hold as they are written */
  readonly roundedNumbers: readonly { readonly path: string; readonly text: string }[]
  /** where each node stands in the text, the last of each id */
  readonly nodes: readonly NodeSpan[]
}

export interface NodeSpan {
  readonly scope?: string
  readonly id: string
  readonly start: number
  readonly end: number
}

export type ScanResult =
  | { readonly ok: true; readonly scan: Scan }
  | { readonly ok: false; readonly tooLarge: boolean; readonly reason: string }

interface Frame {
  readonly keys: Set<string> | undefined
  /** the member or element that is being read */
  at: string | number
}

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])
const listed = 100

/**
 * Walks JSON text once, without recursion and without building values: refuses nesting deeper than 64, keys that could reach a prototype,
 * strings over the limit and more nodes, wires and values than a graph needs.
 * It does not check the grammar; `JSON.parse` does that after it.
 */
export function scanJson(text: string): ScanResult {
  const frames: Frame[] = []
  const duplicates: string[] = []
  const roundedNumbers: { path: string; text: string }[] = []
  const nodes: NodeSpan[] = []
  let node: { readonly place: Pick<NodeSpan, 'scope' | 'id'>; readonly start: number; readonly depth: number } | undefined
  let expectsKey = false
  let nodeCount = 0
  let wireCount = 0
  let values = 0
  let i = 0
  while (i < text.length) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      const end = endOfString(text, i)
      if (end - i > graphLimits.string) return refuse(true, `a string at ${pathOf(frames)} is longer than ${graphLimits.string} characters`)
      const frame = frames.at(-1)
      if (expectsKey && frame?.keys) {
        const key = unquote(text.slice(i, end))
        if (forbiddenKeys.has(key)) return refuse(false, `the key “${key}” at ${pathOf(frames)} is not allowed`)
        frame.at = key
        if (frame.keys.has(key) && duplicates.length < listed) duplicates.push(pathOf(frames))
        frame.keys.add(key)
        expectsKey = false
      }
      i = end
      continue
    }
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (frames.length >= graphLimits.depth)
        return refuse(true, `it is nested deeper than ${graphLimits.depth} levels at ${pathOf(frames)}`)
      expectsKey = code === OPEN_OBJECT
      const place = expectsKey ? nodePlace(frames) : undefined
      if (place) {
        node = { place, start: i, depth: frames.length }
        if (++nodeCount > graphLimits.nodes) return refuse(true, `it has more than ${graphLimits.nodes} nodes`)
      } else if (isWire(frames) && ++wireCount > graphLimits.wires) return refuse(true, `it has more than ${graphLimits.wires} wires`)
      frames.push({ keys: expectsKey ? new Set() : undefined, at: expectsKey ? '' : 0 })
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      frames.pop()
      expectsKey = false
      if (node && node.depth === frames.length) {
        nodes.push({ ...node.place, start: node.start, end: i + 1 })
        node = undefined
      }
    } else if (code === COMMA) {
      if (++values > graphLimits.values) return refuse(true, `it holds more than ${graphLimits.values} values`)
      const frame = frames.at(-1)
      expectsKey = frame?.keys !== undefined
      if (typeof frame?.at === 'number') frame.at++
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const end = endOfNumber(text, i)
      const written = text.slice(i, end)
      if (written.length > 15 || /e/i.test(written)) {
        if (isRounded(written) && roundedNumbers.length < listed) roundedNumbers.push({ path: pathOf(frames), text: written.slice(0, 60) })
      }
      i = end
      continue
    }
    i++
  }
  return { ok: true, scan: { duplicates, roundedNumbers, nodes } }
}

const QUOTE = 34
const BACKSLASH = 92
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const OPEN_ARRAY = 91
const CLOSE_ARRAY = 93
const COMMA = 44
const MINUS = 45
const ZERO = 48
const NINE = 57

const refuse = (tooLarge: boolean, reason: string): ScanResult => ({ ok: false, tooLarge, reason })

/** Which node the value that begins here is, if it is one: `nodes.<id>` or `subgraphs.<scope>.nodes.<id>`. */
function nodePlace(frames: readonly Frame[]): Pick<NodeSpan, 'scope' | 'id'> | undefined {
  const [root, second, third, fourth] = frames
  if (frames.length === 2 && root?.at === 'nodes') return { id: String(second?.at) }
  if (frames.length === 4 && root?.at === 'subgraphs' && third?.at === 'nodes') return { scope: String(second?.at), id: String(fourth?.at) }
  return undefined
}

/** Is the value that begins here a wire: an element of `wires` or of `subgraphs.<scope>.wires`? */
function isWire(frames: readonly Frame[]): boolean {
  if (frames.length === 2) return frames[0]?.at === 'wires'
  return frames.length === 4 && frames[0]?.at === 'subgraphs' && frames[2]?.at === 'wires'
}

/** Where we are, as a person would write it: `nodes.rank.params`. Long paths keep their beginning. */
function pathOf(frames: readonly Frame[]): string {
  const path = frames.map((frame) => String(frame.at).slice(0, 80)).join('.')
  return path === '' ? 'the top' : path.slice(0, 300)
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  while (i < text.length) {
    const code = text.charCodeAt(i)
    if (code === BACKSLASH) i += 2
    else if (code === QUOTE) return i + 1
    else i++
  }
  return text.length
}

/** The key behind its escapes (`\u005f_proto__` is `__proto__`); text that is no JSON string stays as it is, the parser will refuse it. */
function unquote(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

function endOfNumber(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && /[0-9.eE+-]/.test(text.charAt(i))) i++
  return i
}

function isRounded(written: string): boolean {
  const value = Number(written)
  if (Number.isNaN(value)) return false
  return !Number.isFinite(value) || decimal(written) !== decimal(String(value))
}

/** A decimal numeral as its significant digits and its exponent, so that `1.50e1` and `15` are one. */
function decimal(written: string): string {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(written)
  if (!match) return written
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + (digits.length - significant.length)}`
}
