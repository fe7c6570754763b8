import { paramValue } from '../../shared/graph/ports'
import type { Card } from './cards'
import { rowHeight } from './port-places'

/** How tall a card is, and where its ports begin, before it was ever drawn. Good to a few units, so that nothing jumps when it is measured. Pure. */
export interface CardShape {
  readonly height: number
  readonly top: number
}

const head = 39
const foot = 9

export function cardShape({ node, spec, ports, collapsed }: Pick<Card, 'node' | 'spec' | 'ports' | 'collapsed'>): CardShape {
  const top = head + (spec ? (collapsed ? 0 : faceHeight({ node, spec, ports })) : 40)
  const rows = Math.max(ports.inputs.length, ports.outputs.length)
  return { top, height: top + rows * rowHeight(collapsed) + foot }
}

const control = 36
const line = 16.33

function faceHeight({ node, spec, ports }: Pick<Card, 'node' | 'ports'> & { spec: NonNullable<Card['spec']> }): number {
  const name = spec.face
  const param = name === undefined ? undefined : spec.params[name]
  if (name === undefined || !param || ports.inputs.some((port) => port.name === name && port.wired)) return 0
  if (param.kind !== 'text' || !param.multiline) return control
  const value = paramValue(node, spec, name)
  const text = typeof value === 'string' ? value : ''
  const lines = text.split('\n').reduce((sum, row) => sum + Math.max(1, Math.ceil(row.length / perLine)), 0)
  return Math.min(tallest, Math.max(1, lines) * line + 10) + 6
}
/** characters in a line of a field on a card */
const perLine = 36
/** of a field on a card, which scrolls from there on */
const tallest = 130
