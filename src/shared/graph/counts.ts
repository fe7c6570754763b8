import { isJsonObject } from '../json'
import { graphLimits } from './limits'

/** What of a graph there is too much of, as a clause; undefined if nothing. Looks at raw JSON, before anything costlier does. */
export function findTooMany(draft: object): string | undefined {
  const root = draft as { readonly [key: string]: unknown }
  const bodies = [root, ...members(root.subgraphs)]
  const sum = (count: (body: unknown) => number): number => bodies.reduce((total: number, body) => total + count(body), 0)
  const nodes = sum((body) => size(at(body, 'nodes')))
  if (nodes > graphLimits.nodes) return `has ${nodes} nodes; a graph may have ${graphLimits.nodes}`
  const wires = sum((body) => size(at(body, 'wires')))
  if (wires > graphLimits.wires) return `has ${wires} wires; a graph may have ${graphLimits.wires}`
  const rest = sum(countRest) + size(root.models) + size(root.subgraphs) + size(at(root.requires, 'features'))
  if (rest > graphLimits.entries)
    return `has ${rest} notes, frames, inputs, outputs, models and places; a graph may have ${graphLimits.entries}`
  return undefined
}

function countRest(body: unknown): number {
  const [face, ui] = [at(body, 'interface'), at(body, 'ui')]
  const frames = at(ui, 'frames')
  const framed = Array.isArray(frames) ? frames.reduce((total: number, frame) => total + size(at(frame, 'nodes')), 0) : 0
  return size(at(face, 'inputs')) + size(at(face, 'outputs')) + size(at(ui, 'nodes')) + size(at(ui, 'notes')) + size(frames) + framed
}

const at = (value: unknown, key: string): unknown => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined)
const members = (value: unknown): unknown[] => (isJsonObject(value) ? Object.values(value) : [])
const size = (value: unknown): number => (Array.isArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0)
