import { expect, it } from 'vitest'
import type { CallContext } from '../../shared/api'
import { packTrace } from '../../shared/trace/packed'
import type { House } from './house'
import { traceHandlers } from './traces'

const bytes = packTrace({
  sources: [{ name: 'm', role: '', weight: 1 }],
  tokens: Array.from({ length: 5000 }, (_, i) => ({
    text: ` t${i}`,
    origin: 'target' as const,
    decidedBy: 0,
    disagree: false,
    entropy: 1,
    logprob: -1,
    divergence: null,
    rejected: [],
    id: i,
    top: [[` t${i}`, 0.5]] as const,
    sourceTop: [[[` t${i}`, 0.5]] as const],
  })),
})
let reads = 0
const blobs = {
  get: (sha: string) => {
    reads++
    return sha === 'good' ? bytes : new TextEncoder().encode('{"sources":[]}')
  },
}
const handlers = traceHandlers({ store: { blobs } } as unknown as House)
const context: CallContext = { client: 'test', push: () => undefined }
const get = (params: { blob: string; outline?: boolean; from?: number; count?: number }) =>
  handlers['traces.get']({ outline: false, from: 0, count: 0, ...params }, context) as Awaited<ReturnType<(typeof handlers)['traces.get']>>

it('opens 5,000 tokens in under 300 ms, then gives slices without reading the file again', () => {
  const begun = performance.now()
  const { outline } = get({ blob: 'good', outline: true, count: 128 })
  expect(performance.now() - begun).toBeLessThan(300)
  expect(outline?.tokens).toHaveLength(5000)
  expect(get({ blob: 'good', from: 4990, count: 100 })).toEqual({ lists: expect.objectContaining({ length: 10 }) })
  expect(reads).toBe(1)
})

it('says in a sentence that a trace cannot be read', () => {
  expect(() => get({ blob: 'bad' })).toThrow('This token trace cannot be read.')
})
