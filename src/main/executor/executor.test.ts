import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TributaryError } from '../../shared/errors'
import { openStore, type Store } from '../store'
import { type Bench, createBench, follow, graph, run } from './testing'

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

const refusalOf = (act: () => unknown): TributaryError => {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof TributaryError) return thrown
    throw thrown
  }
  throw new Error('it was not refused')
}

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
    }, 0)
    await handle.done
    const stored = store.runs.events(handle.id)
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index))
    expect(seen).toEqual(stored.map(({ seq }) => seq))
    expect(stored[0]!.type).toBe('run.start')
    expect(stored.at(-1)!.type).toBe('run.end')
  })

  it('tells all of its events to one who comes late', async () => {
    const handle = bench.executor.start({ document: line('hi') })
    await handle.done
    const types: string[] = []
    for await (const { type } of handle.events()) types.push(type)
    expect(types).toEqual(store.runs.events(handle.id).map(({ type }) => type))
  })

  it('tells one who listens late what was committed before, and then the rest, each once', async () => {
    const handle = bench.executor.start({ document: graph({ nodes: { a: { type: 'sleep', params: { ms: 80 } } } }) })
    while (store.runs.events(handle.id).length === 0) await new Promise((turned) => setImmediate(turned))
    const seen: number[] = []
    handle.subscribe((events) => seen.push(...events.map(({ seq }) => seq)), 0)
    expect(seen[0]).toBe(0)
    await handle.done
    expect(seen).toEqual(store.runs.events(handle.id).map((_, index) => index))
  })

  it('runs what does not depend on each other at the same time', async () => {
    const nodes = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { type: 'sleep', params: { ms: 80, text: id } }]))
    const before = performance.now()
    const { outcome } = await run(bench, graph({ nodes: { ...nodes, e: { type: 'sleep', params: { ms: 81 } } } }))
    expect(outcome.status).toBe('done')
    expect(performance.now() - before).toBeLessThan(4 * 80)
  })

  it('carries a fan of 1,000 in the order of its wires', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `n${i}`)
    const document = graph({
      nodes: { ...Object.fromEntries(ids.map((text) => [text, { type: 'say', params: { text } }])), all: { type: 'join' } },
      wires: ids.map((id, i) => [`${id}.text`, `all.texts#${i}`] as const),
      outputs: { answer: ['text', 'all.text'] },
    })
    const { outputs } = await run(bench, document)
    expect(outputs.answer).toBe(ids.join('+'))
  })

  it('carries a chain of 1,000', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `n${i}`)
    const document = graph({
      nodes: {
        first: { type: 'say', params: { text: '' } },
        ...Object.fromEntries(ids.map((id) => [id, { type: 'upper', params: { suffix: '.' } }])),
      },
      wires: ids.map((id, i) => [`${ids[i - 1] ?? 'first'}.text`, `${id}.text`] as const),
      outputs: { answer: ['text', 'n999.text'] },
    })
    expect((await run(bench, document)).outputs.answer).toBe('.'.repeat(1000))
  })

  it('keeps a value larger than 64 KiB as a blob and gives it back whole', async () => {
    const long = 'ü'.repeat(100_000)
    const { outputs } = await run(bench, line(long))
    expect(outputs.answer).toBe(long.toUpperCase())
    expect(store.blobs.totalBytes()).toBeGreaterThan(200_000)
  })

  it('feeds a param by a wire', async () => {
    const document = graph({
      nodes: { a: { type: 'say', params: { text: 'x' } }, b: { type: 'upper', params: { suffix: 'unused' } } },
      wires: [
        ['a.text', 'b.text'],
        ['a.text', 'b.suffix'],
      ],
      outputs: { answer: ['text', 'b.text'] },
    })
    expect((await run(bench, document)).outputs.answer).toBe('Xx')
  })

  it('hands through a bypassed node and leaves out a muted one with what needs it', async () => {
    const document = line('hi', '!')
    const bypassed = { ...document, nodes: { ...document.nodes, b: { ...document.nodes.b!, bypassed: true } } }
    expect((await run(bench, bypassed)).outputs.answer).toBe('HI')
    const muted = { ...document, nodes: { ...document.nodes, b: { ...document.nodes.b!, muted: true } } }
    const { outcome, of } = await run(bench, muted)
    expect(outcome.outputs).toEqual({})
    expect(of('node.skipped').map(({ node }) => node)).toEqual(expect.arrayContaining(['b', 'c']))
  })

  it('skips the branch that was not taken', async () => {
    const document = graph({
      nodes: {
        a: { type: 'say', params: { text: 'x' } },
        p: { type: 'pick', params: { side: 'left' } },
        l: { type: 'upper' },
        r: { type: 'upper', params: { suffix: '!' } },
        j: { type: 'join' },
      },
      wires: [
        ['a.text', 'p.text'],
        ['p.left', 'l.text'],
        ['p.right', 'r.text'],
        ['l.text', 'j.texts#0'],
        ['r.text', 'j.texts#1'],
      ],
      outputs: { answer: ['text', 'j.text'] },
    })
    const { outputs, of } = await run(bench, document)
    expect(outputs.answer).toBe('X')
    expect(of('node.skipped').map(({ node }) => node)).toEqual(['r'])
  })
})

describe('the cache', () => {
  it('runs nothing the second time, and says from where it took the results', async () => {
    const first = await run(bench, line('hi'))
    const second = await run(bench, line('hi'))
    expect(second.ran).toEqual([])
    expect(second.of('node.cached').map(({ fromRun }) => fromRun)).toEqual([first.id, first.id, first.id])
    expect(second.outputs).toEqual({ answer: 'HI' })
    expect(second.outcome.totals).toMatchObject({ ran: 0, hits: 3 })
  })

  it('holds across a restart', async () => {
    await run(bench, line('hi'))
    store.close()
    store = openStore(folder)
    bench = createBench(store)
    expect((await run(bench, line('hi'))).ran).toEqual([])
  })

  it('holds when a node is renamed, retitled and moved', async () => {
    await run(bench, line('hi', '!'))
    const document = graph({
      id: 'other',
      nodes: { x: { type: 'say', params: { text: 'hi' } }, y: { type: 'upper', title: 'Loud', params: { suffix: '!' } } },
      wires: [['x.text', 'y.text']],
      outputs: { answer: ['text', 'y.text'] },
    })
    expect((await run(bench, document)).ran).toEqual([])
  })

  it('runs only what changed and what follows, and says why', async () => {
    await run(bench, line('hi'))
    const second = await run(bench, line('hi', '!'))
    expect(second.ran).toEqual(['b', 'c'])
    expect(second.of('node.start').map(({ reason }) => reason)).toEqual(['Suffix “”→“!”', 'input text changed'])
  })

  it('stops running where a value comes out the same', async () => {
    await run(bench, line('hi', '?'))
    const second = await run(bench, line('HI', '?'))
    expect(second.ran).toEqual(['a', 'b'])
  })

  it('tells before it runs what will run', async () => {
    await run(bench, line('hi'))
    const plan = await bench.executor.plan({ document: line('hi', '!') })
    expect(plan.nodes).toEqual([
      { node: 'a', action: 'cached', reason: expect.stringContaining('as in an earlier run') },
      { node: 'b', action: 'run', reason: 'Suffix “”→“!”' },
      { node: 'c', action: 'unknown', reason: 'depends on what comes before it' },
    ])
    expect((await run(bench, line('hi', '!'))).of('run.plan')[0]!.nodes).toEqual(plan.nodes)
  })

  it('runs everything when it is off, and a single node when asked', async () => {
    await run(bench, line('hi'))
    expect((await run(bench, line('hi'), {}, { cache: 'ignore' })).ran).toEqual(['a', 'b', 'c'])
    const refreshed = await run(bench, line('hi'), {}, { refresh: ['b'] })
    expect(refreshed.ran).toEqual(['b'])
    expect(refreshed.of('node.start')[0]!.reason).toBe('asked to run again')
  })

  it('computes equal nodes of one run once', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `n${i}`)
    await run(bench, graph({ nodes: Object.fromEntries(ids.map((id) => [id, { type: 'sleep', params: { ms: 5 } }])) }))
    expect(bench.ran('sleep')).toBe(1)
  })

  it('never takes what changes the world from the cache, and leaves it out of a preview', async () => {
    const document = graph({ nodes: { a: { type: 'say', params: { text: 'x' } }, w: { type: 'write' } }, wires: [['a.text', 'w.text']] })
    await run(bench, document)
    await run(bench, document)
    expect(bench.ran('write x')).toBe(2)
    const { of } = await run(bench, document, {}, { preview: true })
    expect(bench.ran('write x')).toBe(2)
    expect(of('node.skipped')).toHaveLength(1)
  })

  it('reads the world again when its fingerprint changes', async () => {
    let fingerprint = 'one'
    bench = createBench(store, {
      resources: {
        fingerprint: async () => fingerprint,
        documents: () => Promise.reject(),
        dataset: () => Promise.reject(),
        file: () => Promise.reject(),
      },
    })
    const document = graph({ nodes: { r: { type: 'read', params: { source: 'data:x' } } } })
    await run(bench, document)
    await run(bench, document)
    expect(bench.ran('read')).toBe(1)
    fingerprint = 'two'
    const third = await run(bench, document)
    expect(bench.ran('read')).toBe(2)
    expect(third.of('node.start')[0]!.reason).toContain('changed')
  })
})

describe('seeds', () => {
  const dice = (seed?: number | null) =>
    graph({ nodes: { d: { type: 'dice', ...(seed === undefined ? {} : { seed }) } }, outputs: { n: ['number', 'd.number'] } })

  it('are used as they are given', async () => {
    expect((await run(bench, dice(7))).outputs.n).toBe(7)
    expect((await run(bench, dice())).outputs.n).toBe(0)
  })

  it('are drawn fresh for null, stored, and can be repeated', async () => {
    const first = await run(bench, dice(null))
    const second = await run(bench, dice(null))
    expect(second.outputs.n).not.toBe(first.outputs.n)
    const again = await run(bench, dice(null), {}, { seed: store.runs.get(first.id).seed })
    expect(again.outputs.n).toBe(first.outputs.n)
    expect(again.ran).toEqual([])
  })
})

describe('targets', () => {
  it('runs to a node and no further', async () => {
    expect((await run(bench, line('hi'), {}, { to: ['b'] })).ran).toEqual(['a', 'b'])
  })

  it('runs to two nodes at once', async () => {
    const document = graph({
      nodes: {
        a: { type: 'say', params: { text: 'x' } },
        b: { type: 'upper' },
        c: { type: 'upper', params: { suffix: '!' } },
        d: { type: 'upper', params: { suffix: '?' } },
      },
      wires: [
        ['a.text', 'b.text'],
        ['a.text', 'c.text'],
        ['a.text', 'd.text'],
      ],
    })
    expect((await run(bench, document, {}, { to: ['b', 'c'] })).ran).toEqual(['a', 'b', 'c'])
  })

  it('runs from a node on the values of a past run, forced, and what follows from the cache where it is the same', async () => {
    const first = await run(bench, line('hi'))
    const second = await run(bench, line('changed meanwhile'), {}, { from: ['b'], fromRun: first.id })
    expect(second.ran).toEqual(['b'])
    expect(second.outputs.answer).toBe('HI')
  })

  it('runs one node only, on the values of the last run', async () => {
    await run(bench, line('hi'))
    const second = await run(bench, line('hi', '!'), {}, { only: ['b'] })
    expect(second.ran).toEqual(['b'])
    expect(second.of('node.output').at(-1)!.preview).toBe('HI!')
  })

  it('says which value is missing when no run has it', async () => {
    const { outcome } = await run(bench, line('hi'), {}, { only: ['b'] })
    expect(outcome.error).toMatchObject({ code: 'input-missing', node: 'a' })
  })

  it('refuses a node that is not there', () => {
    expect(refusalOf(() => bench.executor.start({ document: line('hi'), options: { to: ['zzz'] } })).code).toBe('not-found')
  })
})

describe('inputs', () => {
  const asked = graph({
    inputs: { question: { type: 'text', required: true }, k: { type: 'number', default: 2, min: 1, max: 5 } },
    nodes: { a: { type: 'upper' }, n: { type: 'add' } },
    wires: [
      ['@question', 'a.text'],
      ['@k', 'n.by'],
    ],
    outputs: { answer: ['text', 'a.text'], sum: ['number', 'n.number'] },
  })

  it('flow in by name, with defaults', async () => {
    expect((await run(bench, asked, { question: 'why' })).outputs).toEqual({ answer: 'WHY', sum: 2 })
  })

  it.each([
    [{}, 'input-missing', 'question'],
    [{ question: 1 }, 'input-type', 'question'],
    [{ question: 'x', k: 9 }, 'input-type', 'k'],
    [{ question: 'x', quetion: 'y' }, 'input-unknown', 'quetion'],
  ] as const)('%j is refused as %s', (inputs, code, port) => {
    const refusal = refusalOf(() => bench.executor.start({ document: asked, inputs }))
    expect(refusal).toMatchObject({ code, place: { port } })
    expect(store.runs.list()).toEqual([])
  })

  it('names the nearest input', () => {
    expect(refusalOf(() => bench.executor.start({ document: asked, inputs: { question: 'x', quetion: 'y' } })).hint).toBe(
      'Did you mean "question"?',
    )
  })
})

describe('a graph that cannot run', () => {
  it('says whom to blame for a circle', () => {
    const document = graph({
      nodes: { a: { type: 'upper' }, b: { type: 'upper' } },
      wires: [
        ['a.text', 'b.text'],
        ['b.text', 'a.text'],
      ],
      outputs: { answer: ['text', 'b.text'] },
    })
    const refusal = refusalOf(() => bench.executor.start({ document }))
    expect(refusal.code).toBe('graph-invalid')
    expect(refusal.message).toMatch(/a.*b|b.*a/)
  })

  it('names a node of an unknown kind, but only when it is needed', async () => {
    const document = graph({
      nodes: { a: { type: 'say', params: { text: 'x' } }, ghost: { type: 'not-there' }, b: { type: 'upper' } },
      wires: [['ghost.text', 'b.text']],
      outputs: { answer: ['text', 'b.text'] },
    })
    expect(refusalOf(() => bench.executor.start({ document }))).toMatchObject({ code: 'graph-invalid', place: { node: 'ghost' } })
    expect((await run(bench, document, {}, { to: ['a'] })).outcome.status).toBe('done')
  })

  it('names an open port', () => {
    const document = graph({ nodes: { b: { type: 'upper' } }, outputs: { answer: ['text', 'b.text'] } })
    expect(refusalOf(() => bench.executor.start({ document }))).toMatchObject({ code: 'graph-invalid', place: { node: 'b', port: 'text' } })
  })
})

describe('stopping', () => {
  it('is heard among nodes that give their values at once', async () => {
    let now = 0
    const busy = createBench(store, { clock: { now: () => ++now, wait: async () => undefined, random: () => 7 } })
    const ids = Array.from({ length: 1000 }, (_, i) => `n${i}`)
    const document = graph({
      nodes: {
        first: { type: 'say', params: { text: '' } },
        ...Object.fromEntries(ids.map((id) => [id, { type: 'upper', params: { suffix: '!' } }])),
      },
      wires: ids.map((id, i) => [`${ids[i - 1] ?? 'first'}.text`, `${id}.text`] as const),
      outputs: { answer: ['text', 'n999.text'] },
    })
    const handle = busy.executor.start({ document })
    const stopOnceBegun = (): void => {
      if (busy.counts.size === 0) setImmediate(stopOnceBegun)
      else handle.stop()
    }
    stopOnceBegun()
    expect((await handle.done).status).toBe('stopped')
    expect(busy.counts.size).toBeLessThan(900)
  })
})

describe('resuming', () => {
  it('runs again only what had not finished', async () => {
    const document = graph({
      nodes: { a: { type: 'say', params: { text: 'x' } }, w: { type: 'write' }, s: { type: 'sleep', params: { ms: 5000 } } },
      wires: [
        ['a.text', 'w.text'],
        ['w.text', 's.text'],
      ],
    })
    const handle = bench.executor.start({ document })
    for await (const event of handle.events()) if (event.type === 'node.start' && event.node === 's') break
    handle.stop()
    expect((await handle.done).status).toBe('stopped')
    expect((await handle.done).exit).toBe(130)
    const resumed = bench.executor.resume(handle.id)
    const events = follow(bench, resumed)
    for await (const event of resumed.events()) if (event.type === 'node.start') break
    resumed.stop()
    const { of, ran } = await events
    expect(ran).toEqual(['s'])
    expect(bench.ran('write x')).toBe(1)
    expect(of('run.start')[0]!.resumes).toBe(handle.id)
    expect(of('node.cached').find(({ node }) => node === 'w')!.reason).toBe('finished before the run was interrupted')
  })

  it('refuses a run that came to its end', async () => {
    const { id } = await run(bench, line('hi'))
    expect(refusalOf(() => bench.executor.resume(id)).code).toBe('not-allowed')
  })
})
