import { describe, expect, it } from 'vitest'
import type { RunCard } from '../../shared/api'
import { matches, noFilter, parseTags } from './run-filter'

const card = (more: Partial<RunCard>) => ({ graph: 'g', status: 'done', star: false, tags: [], ...more }) as unknown as RunCard

describe('sorting out runs', () => {
  it('lets all through until something is asked', () => {
    expect(matches(card({}), noFilter)).toBe(true)
    expect(matches(card({ status: 'failed' }), { ...noFilter, status: 'done' })).toBe(false)
    expect(matches(card({ graph: 'h' }), { ...noFilter, graph: 'g' })).toBe(false)
  })
  it('by star, verdict and tag', () => {
    expect(matches(card({ star: true }), { ...noFilter, mark: 'star' })).toBe(true)
    expect(matches(card({ verdict: 'bad' }), { ...noFilter, mark: 'good' })).toBe(false)
    expect(matches(card({ tags: ['demo'] }), { ...noFilter, mark: '#demo' })).toBe(true)
  })
  it('takes tags as they are typed', () => {
    expect(parseTags(' #demo, long  demo ,')).toEqual(['demo', 'long'])
  })
})
