import { describe, expect, it } from 'vitest'
import type { NodeSpec } from '../node-spec'
import { planRun } from './plan'
import { graph } from './testing'

const spec = (type: string, given: Partial<NodeSpec>): NodeSpec => ({
  type,
  version: 1,
  title: type,
  family: 'merging',
  summary: type,
  inputs: {},
  outputs: {},
  params: {},
  effect: 'pure',
  resource: 'cpu',
  ...given,
})
const table = { wire: 'statistics', summary: 'a table' } as const
const specs = new Map(
  [
    spec('measure', { outputs: { table: { ...table, heedsAsked: true } } }),
    spec('merge', {
      params: {
        method: {
          kind: 'choice',
          default: 'plain',
          summary: 'how',
          options: [
            { value: 'plain', title: 'plain' },
            { value: 'rich', title: 'rich' },
          ],
        },
      },
      inputs: { table: { ...table, arity: 'many', asks: { param: 'method', by: { rich: ['gram', 'energy'] } } } },
    }),
    spec('write', { inputs: { table: { ...table, arity: 'optional', asks: { all: ['energy'] } } } }),
    spec('show', { inputs: { table: { ...table, arity: 'one' } } }),
  ].map((one) => [one.type, one]),
)

function askedOf(readers: Record<string, string | { type: string; params: Record<string, string> }>, targets = {}): unknown {
  const document = graph({
    nodes: { m: 'measure', ...readers },
    wires: Object.keys(readers).map((id) => (id === 'a' ? 'm.table > a.table#0' : `m.table > ${id}.table`)),
  })
  return planRun({ document, specs, targets }).steps.find(({ node }) => node === 'm')?.staticKey.asked
}

const merge = (method: string) => ({ type: 'merge', params: { method } })

describe('what the readers of an output ask', () => {
  it('is what the value of their param says, taken together', () => {
    expect(askedOf({ a: merge('rich') })).toEqual({ table: ['energy', 'gram'] })
    expect(askedOf({ a: 'merge' })).toEqual({ table: [] })
    expect(askedOf({ a: 'merge', b: 'write' })).toEqual({ table: ['energy'] })
  })
  it('is everything where one of them says nothing, or there is none', () => {
    expect(askedOf({ b: 'write', c: 'show' })).toBeUndefined()
    expect(askedOf({})).toBeUndefined()
  })
  it('is the same whichever part of the graph runs', () => {
    expect(askedOf({ b: 'write' }, { to: ['m'] })).toEqual({ table: ['energy'] })
  })
})
