import { cpuUsage } from 'node:process'
import { describe, expect, it } from 'vitest'
import { noUsage, type RunEvent, type RunEventBody } from './events'
import { foldEvent, foldEvents, noRun } from './fold'

const log = (...bodies: readonly (RunEventBody & { readonly t?: number })[]): RunEvent[] =>
  bodies.map(({ t = 0, ...body }, seq) => ({ e: 1, seq, run: 'r_1', ...(body as RunEventBody), t }) as RunEvent)

const start: RunEventBody = { type: 'run.start', graph: 'g', graphHash: '', inputsHash: '', seed: 7, device: 'cpu' }
const token = (node: string, text: string, t: number, more: object = {}) => ({
  type: 'token' as const,
  node,
  text,
  tokens: 1,
  accepted: 0,
  rejected: 0,
  t,
  ...more,
})
const totals = { wallMs: 100, loadMs: 10, promptMs: 20, decodeMs: 50, tokens: 4, peakBytes: 9, ran: 1, hits: 1 }

const whole = log(
  start,
  {
    type: 'run.plan',
    nodes: [
      { node: 'a', action: 'run', reason: 'never ran before' },
      { node: 'b', action: 'cached', reason: 'same' },
    ],
  },
  { type: 'node.cached', node: 'b', key: 'k', fromRun: 'r_0', ageMs: 5000, reason: 'same inputs', t: 1 },
  { type: 'node.queued', node: 'a', waitingFor: 'the model host', t: 2 },
  { type: 'node.start', node: 'a', attempt: 1, seed: 3, reason: 'never ran before', t: 10 },
  { type: 'model.load.start', node: 'a', model: 'Toy', sizeBytes: 1000, t: 10 },
  { type: 'model.load.progress', node: 'a', model: 'Toy', fraction: 0.5, t: 15 },
  { type: 'model.load.end', node: 'a', model: 'Toy', ms: 10, memoryBytes: 2000, t: 20 },
  { type: 'prompt.progress', node: 'a', done: 5, total: 10, t: 30 },
  token('a', 'Hel', 40),
  token('a', 'lo', 50, { accepted: 1, rejected: 2, tokens: 2 }),
  { type: 'node.output', node: 'a', port: 'text', kind: 'text', list: false, sha: 's', sizeBytes: 5, preview: 'Hello', t: 90 },
  {
    type: 'node.end',
    node: 'a',
    ms: 82,
    usage: { ...noUsage, waitMs: 8, loadMs: 10, promptMs: 20, decodeMs: 40, tokens: 4, drafted: 3, accepted: 1 },
    t: 92,
  },
  { type: 'run.end', status: 'done', outputs: { o: { kind: 'text', list: false, sha: 's' } }, exit: 0, totals, t: 100 },
)

describe('foldEvents', () => {
  it('tells the whole story of a node', () => {
    const state = foldEvents(whole)
    expect(state).toMatchObject({ status: 'done', exit: 0, seed: 7, totals, seq: 13, t: 100 })
    expect(state.nodes.a).toMatchObject({
      phase: 'done',
      reason: 'never ran before',
      text: 'Hello',
      times: { waitMs: 8, loadMs: 10, promptMs: 20, decodeMs: 40, otherMs: 4, totalMs: 82 },
      tokensPerSecond: 100,
      model: { name: 'Toy', loaded: true },
      outputs: { text: { preview: 'Hello' } },
      plan: { action: 'run' },
    })
    expect(state.nodes.b).toMatchObject({ phase: 'cached', cached: { fromRun: 'r_0', ageMs: 5000 } })
  })

  it('shows what is under way', () => {
    const at = (count: number) => foldEvents(whole.slice(0, count)).nodes.a
    expect(at(2)).toMatchObject({ phase: 'planned' })
    expect(at(4)).toMatchObject({ phase: 'queued', waitingFor: 'the model host' })
    expect(at(5)).toMatchObject({ phase: 'running', times: { waitMs: 8 } })
    expect(at(7)).toMatchObject({ model: { fraction: 0.5, loaded: false } })
    expect(at(9)).toMatchObject({ progress: { done: 5, total: 10 } })
    expect(at(11)).toMatchObject({ text: 'Hello', tokensPerSecond: 200, usage: { tokens: 3, accepted: 1, drafted: 3 } })
    expect(at(11)).not.toHaveProperty('progress')
  })

  it('draws the timeline: a lane for each model, wait, load, prompt and decode after one another', () => {
    expect(foldEvents(whole).segments).toEqual([
      { node: 'b', lane: 'processor', kind: 'cached', start: 1, end: 1 },
      { node: 'a', lane: 'Toy', kind: 'wait', start: 2, end: 10 },
      { node: 'a', lane: 'Toy', kind: 'load', start: 10, end: 20 },
      { node: 'a', lane: 'Toy', kind: 'work', start: 20, end: 30 },
      { node: 'a', lane: 'Toy', kind: 'prompt', start: 30, end: 40 },
      { node: 'a', lane: 'Toy', kind: 'decode', start: 40, end: 92 },
    ])
  })

  it('one by one, all at once and in any parts gives the same', () => {
    const oneByOne = whole.reduce(foldEvent, noRun)
    expect(oneByOne).toEqual(foldEvents(whole))
    for (let cut = 0; cut <= whole.length; cut++) expect(foldEvents(whole.slice(cut), foldEvents(whole.slice(0, cut)))).toEqual(oneByOne)
  })

  it('events that come again change nothing, down to the object', () => {
    const state = foldEvents(whole)
    expect(foldEvents(whole, state)).toBe(state)
  })

  it('a node that an event does not concern keeps its object', () => {
    const before = foldEvents(whole.slice(0, 10))
    const after = foldEvent(before, whole[10]!)
    expect(after.nodes.b).toBe(before.nodes.b)
    expect(after.nodes.a).not.toBe(before.nodes.a)
    expect(after.segments).toBe(before.segments)
    const batch = foldEvents(whole.slice(10, 12), before)
    expect(batch.nodes.b).toBe(before.nodes.b)
    expect(before.nodes.a?.text).toBe('Hel')
  })

  it('an event of a type from the future moves the clock and nothing else', () => {
    const before = foldEvents(whole.slice(0, 5))
    const odd = { e: 1, seq: 5, t: 77, run: 'r_1', type: 'node.dreamt', node: 'a' } as unknown as RunEvent
    const after = foldEvent(before, odd)
    expect(after).toEqual({ ...before, seq: 5, t: 77 })
    expect(after.nodes).toBe(before.nodes)
  })

  it('a failed attempt leaves nothing behind once the next succeeds', () => {
    const error = { code: 'node-failed' as const, message: 'no' }
    const events = log(
      start,
      { type: 'node.start', node: 'a', attempt: 1, seed: 1, reason: 'x' },
      token('a', 'half', 1),
      { type: 'node.error', node: 'a', attempt: 1, error, final: false, t: 2 },
      { type: 'node.retry', node: 'a', attempt: 2, delayMs: 50, t: 2 },
      { type: 'node.start', node: 'a', attempt: 2, seed: 1, reason: 'retry', t: 52 },
      { type: 'node.end', node: 'a', ms: 10, usage: noUsage, t: 62 },
    )
    expect(foldEvents(events.slice(0, 5)).nodes.a).toMatchObject({ phase: 'queued', error, retry: { attempt: 2, delayMs: 50 } })
    const state = foldEvents(events).nodes.a
    expect(state).toMatchObject({ phase: 'done', attempt: 2, text: '' })
    expect(state).not.toHaveProperty('error')
    expect(state).not.toHaveProperty('retry')
  })

  it('a stopped run leaves nothing running', () => {
    const events = log(
      start,
      { type: 'node.queued', node: 'q' },
      { type: 'node.start', node: 'a', attempt: 1, seed: 1, reason: 'x' },
      {
        type: 'run.end',
        status: 'stopped',
        outputs: {},
        exit: 130,
        totals,
        t: 9,
      },
    )
    const state = foldEvents(events)
    expect(state.nodes.a?.phase).toBe('stopped')
    expect(state.nodes.q?.phase).toBe('stopped')
    expect(state.segments).toEqual([
      { node: 'q', lane: 'processor', kind: 'wait', start: 0, end: 9 },
      { node: 'a', lane: 'processor', kind: 'work', start: 0, end: 9 },
    ])
  })

  it('items of a Map are counted, and inner nodes have their own paths', () => {
    const events = log(
      start,
      { type: 'item.start', node: 'm', item: 0, of: 3 },
      { type: 'node.start', node: 'm/0/a', attempt: 1, seed: 1, reason: 'x' },
      { type: 'item.end', node: 'm', item: 0, status: 'done' },
      { type: 'item.start', node: 'm', item: 2, of: 3 },
    )
    const state = foldEvents(events)
    expect(state.nodes.m?.items).toEqual({ of: 3, states: ['done', undefined, 'running'] })
    expect(state.nodes['m/0/a']?.phase).toBe('running')
  })

  it('folds a run of 10,000 items in well under two seconds', { timeout: 60_000 }, () => {
    const bodies = Array.from({ length: 10_000 }, (_, i) => [
      { type: 'item.start' as const, node: 'm', item: i, of: 10_000, t: i },
      { type: 'node.start' as const, node: `m/${i}/a`, attempt: 1, seed: 1, reason: 'x', t: i },
      { type: 'node.end' as const, node: `m/${i}/a`, ms: 1, usage: noUsage, t: i },
      { type: 'item.end' as const, node: 'm', item: i, status: 'done' as const, t: i },
    ]).flat()
    const begun = cpuUsage()
    const state = foldEvents(log(start, ...bodies))
    expect(Object.keys(state.nodes)).toHaveLength(10_001)
    expect(cpuUsage(begun).user / 1000).toBeLessThan(2000)
  })
})
