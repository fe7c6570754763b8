import fc from 'fast-check'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { TributaryError } from '../../shared/errors'
import { specsByType } from '../../shared/graph/specs'
import { createBench, graph, run } from '../executor/testing'
import { open, refusal } from '../store/testing'
import { exportRun, importRun } from './bundle-transfer'
import type { House } from './house'
import { unpackBundle } from './run-bundle'

const document = graph({
  nodes: { say: { type: 'say', params: { text: 'hello' } }, shout: { type: 'upper', params: { suffix: '!' } } },
  wires: [['say.text', 'shout.text']],
  outputs: { answer: ['text', 'shout.text'] },
})
const specs = specsByType([])
const houseOf = (store: ReturnType<typeof open>) =>
  ({ store, specs, newId: (prefix: string) => `${prefix}_new`, broadcast: () => undefined }) as unknown as House

async function exported() {
  const store = open()
  const { id } = await run(createBench(store), document, {}, { seed: 7 })
  store.runs.mark(id, { note: 'the good one', verdict: 'good' })
  return { store, id, ...exportRun(houseOf(store), id, { app: '0.1.0' }) }
}

describe('a run bundle', () => {
  it('opens in another store with its graph, events, values and marks', async () => {
    const there = await exported()
    const store = open()
    const opened = importRun(houseOf(store), there.bytes, (found, name) => store.graphs.create({ ...found, id: 'g_here', name }).document)
    const row = store.runs.get(opened.run)
    expect(row).toMatchObject({ graph: 'g_here', status: 'done', seed: 7, note: 'the good one', verdict: 'good' })
    expect(row.outputs.answer?.preview).toBe('HELLO!')
    expect(store.values.get(row.outputs.answer?.sha ?? '').data).toBe('HELLO!')
    const told = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type)
    expect(told(store.runs.events(opened.run))).toEqual(told(there.store.runs.events(there.id)))
  })

  it('can be run on from any of its nodes', async () => {
    const there = await exported()
    const store = open()
    const opened = importRun(houseOf(store), there.bytes, (found, name) => store.graphs.create({ ...found, id: 'g_here', name }).document)
    const bench = createBench(store)
    const again = await run(bench, store.runs.document(opened.run), {}, { from: ['shout'], fromRun: opened.run })
    expect(again.outputs).toEqual({ answer: 'HELLO!' })
    expect([bench.ran('say hello'), bench.ran('upper hello')]).toEqual([0, 1])
  })

  it('is refused, with nothing stored, when a value is not what its name says', async () => {
    const files = unzipSync((await exported()).bytes)
    const name = Object.keys(files).find((candidate) => candidate.startsWith('values/')) ?? ''
    const forged = zipSync({ ...files, [name]: strToU8(JSON.stringify({ kind: 'text', list: false, data: 'forged' })) })
    const store = open()
    expect(refusal(() => importRun(houseOf(store), forged, () => document)).message).toContain('not the value that its name says')
    expect(store.runs.list()).toEqual([])
  })

  it('is refused when it would unpack to more than a run can hold', () => {
    const bomb = zipSync({ 'graph.trib.json': new Uint8Array(70_000_000) })
    expect(bomb.length).toBeLessThan(200_000)
    expect(refusal(() => unpackBundle(bomb, specs)).message).toContain('unpacks to more')
  })

  it('damaged anywhere is opened or refused by name, never worse', async () => {
    const { bytes } = await exported()
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = bytes.slice()
        damaged[at] = byte
        try {
          unpackBundle(damaged, specs)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TributaryError)
        }
      }),
      { numRuns: 300 },
    )
  })
})
