import { describe, expect, it } from 'vitest'
import { bestPort, compatiblePorts, fitOf, kindAt, portKey } from './connecting'
import { testDocument as document, testSpecs as specs } from './testing'

describe('a wire in the hand', () => {
  const held = { end: '@question', side: 'from', kind: 'text' } as const
  it('may meet every input of its kind, and params', () => {
    const ports = compatiblePorts(document, specs, held)
    expect(ports.has(portKey('ask', 'in:prompt'))).toBe(true)
    expect(ports.has(portKey('gather', 'in:texts'))).toBe(true)
    expect(ports.has(portKey('=answer', 'in:'))).toBe(true)
    expect(ports.has(portKey('ask', 'in:drafter'))).toBe(false)
  })
  it('may not close a circle', () => {
    const ports = compatiblePorts(document, specs, { end: 'gather.candidates', side: 'from', kind: 'any' })
    expect(ports.has(portKey('ask', 'in:prompt'))).toBe(false)
  })
  it('finds the free port that must be fed when dropped on a body', () => {
    const free = { ...document, wires: [] }
    expect(bestPort(free, specs, 'ask', held)).toBe('ask.prompt')
    expect(bestPort(free, specs, 'gather', held)).toBe('gather.texts')
    expect(bestPort(free, specs, '=answer', held)).toBe('=answer')
    expect(bestPort(free, specs, 'ask', { ...held, kind: 'weights', end: 'ghost.x' })).toBeDefined()
  })
  it('is offered only nodes that take it, with the port it would take', () => {
    const gather = specs.get('gather')!
    const text = specs.get('text')!
    expect(fitOf(gather, held)?.port).toBe('texts')
    expect(fitOf(gather, { end: 'x.y', side: 'to', kind: 'candidates' })?.port).toBe('candidates')
    expect(fitOf(gather, { ...held, kind: 'weights' })).toBeUndefined()
    expect(fitOf(text, { ...held, kind: 'weights' })).toBeUndefined()
  })
  it('knows what flows at its end', () => {
    expect(kindAt(document, specs, '@question', 'from')).toBe('text')
    expect(kindAt(document, specs, 'ask.drafter', 'to')).toBe('drafter')
    expect(kindAt(document, specs, 'nobody.x', 'from')).toBeUndefined()
  })
})
