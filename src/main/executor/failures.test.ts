import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorPolicy } from '../../shared/graph/document'
import type { ModelRef } from '../../shared/value'
import { defineNode } from '../node-runtime'
import { openStore, type Store } from '../store'
import type { Clock } from './interfaces'
import { type Bench, createBench, graph, run, type Sketch } from './testing'

let folder: string
let store: Store
let bench: Bench
const waits: number[] = []
const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  random: () => Math.floor(Math.random() * 2 ** 32),
  wait: async (ms) => void waits.push(ms),
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executor-'))
  store = openStore(folder)
  bench = createBench(store, { clock })
  waits.length = 0
})
afterEach(async () => {
  await bench.executor.close()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const failing = (policy: ErrorPolicy | undefined, params: Record<string, number | string> = {}, from = 'f.text') =>
  graph({
    nodes: { f: { type: 'fail', params, ...(policy ? { policy } : {}) }, j: { type: 'join' }, a: { type: 'say', params: { text: 'x' } } },
    wires: [
      ['a.text', 'j.texts#0'],
      [from, 'j.texts#1'],
    ],
    outputs: { answer: ['text', 'j.text'] },
  })

describe('a node that fails', () => {
  it('fails the run with its place and a sentence', async () => {
    const { outcome, of } = await run(bench, failing(undefined))
    expect(outcome).toMatchObject({
      status: 'failed',
      exit: 1,
      error: { code: 'node-failed', node: 'f', message: 'The node "f" failed: it broke' },
    })
    expect(of('node.error')).toMatchObject([{ node: 'f', final: true }])
    expect(of('run.end')).toHaveLength(1)
  })

  it('gives its default when the policy says so', async () => {
    const { outputs, of } = await run(bench, failing({ onError: 'default', defaults: { text: 'instead' } }))
    expect(outputs.answer).toBe('x+instead')
    expect(of('warn')).toHaveLength(1)
  })

  it('is left out when the policy says so', async () => {
    const { outputs, of } = await run(bench, failing({ onError: 'skip' }))
    expect(outputs.answer).toBe('x')
    expect(of('node.skipped').map(({ node }) => node)).toEqual(['f'])
  })

  it('sends its error along a wire when the policy says so', async () => {
    const document = graph({
      nodes: { f: { type: 'fail', policy: { onError: 'wire' } }, after: { type: 'upper' } },
      wires: [['f.text', 'after.text']],
      outputs: { problem: ['json', 'f.error'], answer: ['text', 'after.text'] },
    })
    const { outputs, outcome } = await run(bench, document)
    expect(outcome.status).toBe('done')
    expect(outputs.problem).toMatchObject({ code: 'node-failed', node: 'f' })
    expect(outputs).not.toHaveProperty('answer')
  })

  it('is tried again as often as the policy says, waiting longer each time', async () => {
    const { outputs, of } = await run(bench, failing({ retries: 3 }, { times: 3 }))
    expect(outputs.answer).toBe('x+ok ')
    expect(of('node.retry').map(({ attempt }) => attempt)).toEqual([2, 3, 4])
    expect(waits).toHaveLength(3)
    expect(waits[0]).toBeGreaterThanOrEqual(250)
    expect(waits[0]).toBeLessThanOrEqual(500)
    expect(waits[2]).toBeGreaterThan(waits[0]!)
    expect(store.runs.execs(store.runs.list()[0]!.id).filter(({ node }) => node === 'f')).toMatchObject([
      { attempt: 1, status: 'failed' },
      { attempt: 2, status: 'failed' },
      { attempt: 3, status: 'failed' },
      { attempt: 4, status: 'done' },
    ])
  })

  it('fails for good when its retries are used up', async () => {
    const { outcome, of } = await run(bench, failing({ retries: 1 }))
    expect(outcome.status).toBe('failed')
    expect(of('node.error').map(({ final }) => final)).toEqual([false, true])
  })

  it('does not lose what its neighbours had finished', async () => {
    await run(bench, failing(undefined))
    const again = await run(bench, failing({ onError: 'skip' }))
    expect(again.ran).not.toContain('a')
  })
})

describe('time', () => {
  it('ends a node at its limit', async () => {
    const document = graph({ nodes: { s: { type: 'sleep', params: { ms: 5000 }, policy: { timeoutMs: 30 } } } })
    const { outcome } = await run(bench, document)
    expect(outcome.error).toMatchObject({ code: 'node-timeout', node: 's' })
    expect(outcome.totals.wallMs).toBeLessThan(2000)
  })

  it('ends a run at its limit', async () => {
    const { outcome } = await run(bench, graph({ nodes: { s: { type: 'sleep', params: { ms: 5000 } } } }), {}, { timeoutMs: 30 })
    expect(outcome).toMatchObject({ status: 'failed', exit: 7, error: { code: 'run-timeout' } })
  })

  it('abandons a node that does not listen, some seconds after it was told to stop', async () => {
    const handle = bench.executor.start({ document: graph({ nodes: { d: { type: 'deaf' } } }) })
    for await (const event of handle.events()) if (event.type === 'node.start') break
    const before = performance.now()
    handle.stop()
    expect((await handle.done).status).toBe('stopped')
    expect(performance.now() - before).toBeLessThan(4000)
  }, 10_000)
})

describe('a container', () => {
  const around = (inner: Sketch['nodes'], policy: ErrorPolicy) =>
    graph({
      nodes: { g: { type: 'subgraph', subgraph: 'g1', policy } },
      outputs: { answer: ['text', 'g.text'] },
      subgraphs: { g1: { nodes: inner, outputs: { text: ['text', 'x.text'] } } },
    })

  it('ends at its limit with all that is inside it', async () => {
    const { outcome } = await run(bench, around({ x: { type: 'sleep', params: { ms: 5000 } } }, { timeoutMs: 40 }))
    expect(outcome.error).toMatchObject({ code: 'node-timeout', node: 'g' })
    expect(outcome.totals.wallMs).toBeLessThan(2000)
  })

  it('is tried again, and goes on without its outputs where the policy says so', async () => {
    const again = await run(bench, around({ x: { type: 'fail', params: { times: 1 } } }, { retries: 1 }))
    expect(again.outputs.answer).toBe('ok ')
    const skipped = await run(bench, around({ x: { type: 'fail', params: { times: 99 } } }, { onError: 'skip' }))
    expect(skipped.outcome).toMatchObject({ status: 'done', outputs: {} })
  })
})

describe('stopping', () => {
  it('takes effect at once, in all nodes, and is no failure', async () => {
    const nodes = Object.fromEntries(['a', 'b', 'c'].map((id, i) => [id, { type: 'sleep', params: { ms: 5000 + i } }]))
    const handle = bench.executor.start({ document: graph({ nodes }) })
    for await (const event of handle.events()) if (event.type === 'node.start' && event.node === 'c') break
    const before = performance.now()
    handle.stop()
    const outcome = await handle.done
    expect(outcome).toMatchObject({ status: 'stopped', exit: 130 })
    expect(outcome.error).toBeUndefined()
    expect(performance.now() - before).toBeLessThan(500)
    expect(store.runs.execs(handle.id).map(({ status }) => status)).toEqual(['stopped', 'stopped', 'stopped'])
  })
})

describe('streams and progress', () => {
  it('tells every word, many in one commit', async () => {
    const handle = bench.executor.start({ document: graph({ nodes: { c: { type: 'chatter' } } }) })
    let batches = 0
    let text = ''
    handle.subscribe((events) => {
      batches++
      for (const event of events) if (event.type === 'token') text += event.text
    }, 0)
    await handle.done
    expect(text.split(' ').filter(Boolean)).toHaveLength(200)
    expect(batches).toBeLessThan(60)
  })
})

describe('memory', () => {
  const ref: ModelRef = { backend: 'fake', id: 'm'.repeat(64), name: 'Huge' }
  const ask = defineNode(
    {
      type: 'ask',
      version: 1,
      title: 'Ask',
      family: 'io',
      summary: 'asks',
      inputs: {},
      outputs: { text: { wire: 'text', summary: 'out' } },
      params: { model: { kind: 'model', default: null, needs: 'text', summary: 'which' } },
      effect: 'pure',
      resource: 'model',
    },
    ({ params }) => ({ text: params.model.name }),
  )
  const withModel = (needed: number) => {
    const leases: string[] = []
    const unused = () => Promise.reject(new Error('unused'))
    const made = createBench(store, {
      clock,
      catalog: { get: (type) => (type === 'ask' ? ask : undefined), specs: () => [ask.spec] },
      models: {
        pool: { open: unused, decode: unused, decodeAll: unused },
        resolve: () => ref,
        residency: {
          isLoaded: () => false,
          fit: () => ({ fits: needed <= 100, neededBytes: needed, budgetBytes: 100 }),
          lease: async (models) => {
            leases.push(...models.map(({ name }) => name))
            return () => void leases.push('released')
          },
        },
      },
    })
    return { made, leases }
  }
  const document = {
    ...graph({ nodes: { q: { type: 'ask', params: { model: 'model:big' } } }, outputs: { answer: ['text', 'q.text'] } }),
    models: { big: {} },
  }

  it('is announced before a step runs and given back after it', async () => {
    const { made, leases } = withModel(50)
    expect((await run(made, document)).outputs.answer).toBe('Huge')
    expect(leases).toEqual(['Huge', 'released'])
  })

  it('refuses a plan that cannot fit before anything is loaded', async () => {
    const { made, leases } = withModel(500)
    const { outcome, ran } = await run(made, document)
    expect(outcome).toMatchObject({ status: 'failed', exit: 6, error: { code: 'out-of-memory', node: 'q' } })
    expect(leases).toEqual([])
    expect(ran).toEqual([])
  })
})
