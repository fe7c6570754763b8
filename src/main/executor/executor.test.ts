import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store'
import { type Bench, createBench, graph, run } from './testing'

let folder: string
let store: Store
let bench: Bench
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executor-'))
  store = openStore(folder)
  bench = createBench(store)
})
afterEach(async () => {
  await bench.executor.close()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const line = (first: string, suffix = '') =>
  graph({
    nodes: { a: { type: 'say', params: { text: first } }, b: { type: 'upper', params: { suffix } }, c: { type: 'upper' } },
    wires: [
      ['a.text', 'b.text'],
      ['b.text', 'c.text'],
    ],
    outputs: { answer: ['text', 'c.text'] },
  })

describe('a run', () => {
  it('gives the outputs of the interface', async () => {
    const { outcome, outputs } = await run(bench, line('hi', '!'))
    expect(outcome.error).toBeUndefined()
    expect(outcome.status).toBe('done')
    expect(outputs).toEqual({ answer: 'HI!' })
  })
  it('numbers its events without gaps, from run.start to run.end, and commits each before it is told', async () => {
    const handle = bench.executor.start({ document: line('hi') })
    const seen: number[] = []
    handle.subscribe((events) => {
      for (const { seq } of events) seen.push(seq)
      expect(store.runs.events(handle.id).at(-1)!.seq).toBeGreaterThanOrEqual(events.at(-1)!.seq)
    })
    await handle.done
    const stored = store.runs.events(handle.id)
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index))
    expect(seen).toEqual(stored.map(({ seq }) => seq))
    expect(stored[0]!.type).toBe('run.start')
    expect(stored.at(-1)!.type).toBe('run.end')
  })
})

describe('the cache', () => {
  it('runs nothing the second time', async () => {
    await run(bench, line('hi'))
    const second = await run(bench, line('hi'))
    expect(second.ran).toEqual([])
    expect(second.of('node.cached')).toHaveLength(3)
    expect(second.outputs).toEqual({ answer: 'HI' })
  })
  it('runs only what changed and what follows', async () => {
    await run(bench, line('hi'))
    const second = await run(bench, line('hi', '!'))
    expect(second.ran).toEqual(['b', 'c'])
    expect(second.of('node.start')[0]!.reason).toBe('suffix “”→“!”')
  })
  it('stops running where a value comes out the same', async () => {
    await run(bench, line('hi', '?'))
    const second = await run(bench, line('HI', '?'))
    expect(second.ran).toEqual(['a', 'b'])
  })
})
