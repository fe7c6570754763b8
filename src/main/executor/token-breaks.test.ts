import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noUsage } from '../../shared/run/events'
import { foldEvents } from '../../shared/run/fold'
import type { TokenBreak } from '../../shared/run/token-break'
import type { ModelPool } from '../models/model'
import { defineNode } from '../node-runtime'
import { openStore, type Store } from '../store'
import { createExecutor, type Executor, type RunHandle } from '.'
import { graph, pausesOf } from './testing'

const heldAt = (text: string, token: string) => ({
  text,
  tokens: text.length,
  sources: [],
  token: { text: token, origin: 'target' as const, decidedBy: 0, disagree: false, entropy: 1, logprob: -1, divergence: null, rejected: [] },
  lists: { id: 0, top: [], sourceTop: [] },
  choices: ['x', 'y'],
})

/** Writes “abc” letter by letter and asks before each where it is to. */
const decode: ModelPool['decode'] = async (_, { hold, onToken }) => {
  let text = ''
  for (const letter of 'abc') {
    const token = (hold && (await hold.ask(heldAt(text, letter), 'at every token')).choice) ?? letter
    text += token
    onToken?.({ text: token, tokens: 1, accepted: 0, rejected: 0 })
  }
  return { text, tokens: 3, finish: 'end', logprob: -1, usage: noUsage }
}

const unavailable = (): never => {
  throw new Error('not in this test')
}
const write = defineNode(
  {
    ...{ type: 'write', version: 1, title: 'Write', family: 'io', summary: 'a stub', effect: 'pure', resource: 'cpu' },
    inputs: { topic: { wire: 'text', arity: 'optional', summary: 'in' } },
    outputs: { text: { wire: 'text', summary: 'out' } },
    params: {},
  } as const,
  async ({ context }) => ({ text: (await context.models.decode({} as Parameters<ModelPool['decode']>[0])).text }),
)

let folder: string
let store: Store
let executor: Executor
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'token-breaks-'))
  store = openStore(folder)
  executor = createExecutor({
    catalog: { get: (type) => (type === 'write' ? write : undefined), specs: () => [write.spec] },
    store,
    models: { pool: { open: unavailable, decode, decodeAll: unavailable }, resolve: unavailable },
    resources: { fingerprint: async (id) => id, documents: unavailable, dataset: unavailable, file: unavailable },
    weights: { write: unavailable },
  })
})
afterEach(async () => {
  await executor.close()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const document = graph({ nodes: { w: { type: 'write' } }, outputs: { answer: ['text', 'w.text'] } })
const atEvery: TokenBreak[] = [{ node: 'w', when: { is: 'any' } }]

/** Starts a run; `next` resolves with the state of the node at its next pause before a token. */
function begin(tokenBreaks: readonly TokenBreak[] = atEvery, inputs = {}, of = document) {
  const handle = executor.start({ document: of, inputs, options: { tokenBreaks } })
  const { events, paused } = pausesOf(handle, 'break.token')
  const stateAtPause = async () => {
    const node = await paused()
    return foldEvents(events).nodes[node]
  }
  return { handle, events, paused: stateAtPause }
}
const answerOf = async (handle: RunHandle) => {
  const { outputs, ...outcome } = await handle.done
  return { ...outcome, answer: outputs.answer && executor.value(outputs.answer.sha).data }
}

describe('a breakpoint on a token', () => {
  it('holds the node in the middle of its text, says what is written next, and lets it go on', async () => {
    const { handle, events, paused } = begin()
    expect(await paused()).toMatchObject({ phase: 'paused', reason: 'at every token', held: { text: '', token: { text: 'a' } } })
    handle.resume()
    expect(await paused()).toMatchObject({ phase: 'paused', text: 'a', held: { text: 'a', token: { text: 'b' } } })
    handle.resume()
    await paused()
    handle.step()
    expect(await answerOf(handle)).toMatchObject({ status: 'done', answer: 'abc' })
    const { w } = foldEvents(events).nodes
    expect(w?.phase).toBe('done')
    expect(w).not.toHaveProperty('held')
  })

  it('stops the clock of the node’s own limit of time', async () => {
    const limited = graph({ nodes: { w: { type: 'write', policy: { timeoutMs: 80 } } }, outputs: { answer: ['text', 'w.text'] } })
    const { handle, paused } = begin(atEvery, {}, limited)
    for (const heldMs of [250, 0, 0]) {
      await paused()
      await new Promise((passed) => setTimeout(passed, heldMs))
      handle.resume()
    }
    expect(await answerOf(handle)).toMatchObject({ status: 'done', totals: { held: 3 } })
  })

  it('that is taken away while it holds lets the text go on to its end', async () => {
    const { handle, paused } = begin()
    await paused()
    handle.setBreaks({})
    handle.resume()
    expect(await answerOf(handle)).toMatchObject({ status: 'done', answer: 'abc' })
  })

  it('goes on with another token; the result is marked, and is not the node’s result in a later run', async () => {
    const { handle, events, paused } = begin()
    await paused()
    handle.resume()
    await paused()
    handle.choose('w', 'y')
    handle.choose('w', 'x')
    handle.resume()
    await paused()
    handle.resume()
    expect(await answerOf(handle)).toMatchObject({ answer: 'axc', pinned: ['w'] })
    expect(events.filter(({ type }) => type === 'break.left')).toMatchObject([{}, { choice: 'x' }, {}])
    expect(foldEvents(events).nodes.w).toMatchObject({ phase: 'done', guided: true })
    const plain = begin([])
    expect(await answerOf(plain.handle)).toMatchObject({ answer: 'abc' })
    expect(plain.events.some(({ type }) => type === 'node.cached')).toBe(false)
  })

  it('asks again although the result is stored, and says so; let go on, it stores it', async () => {
    const first = begin()
    for (let i = 0; i < 3; i++) {
      await first.paused()
      first.handle.resume()
    }
    await first.handle.done
    const cached = begin([])
    await cached.handle.done
    expect(cached.events.some(({ type }) => type === 'node.cached')).toBe(true)
    const again = begin()
    expect(await again.paused()).toMatchObject({ phase: 'paused' })
    expect(again.events.find(({ type }) => type === 'node.start')).toMatchObject({ reason: 'it may pause before a token' })
    again.handle.stop()
    expect(await again.handle.done).toMatchObject({ status: 'stopped', exit: 130 })
  })

  it('of a node that is mapped over a list asks about one item at a time', async () => {
    const mapped = graph({
      nodes: { w: { type: 'write' } },
      wires: [['@topics', 'w.topic']],
      inputs: { topics: { type: 'text', list: true } as never },
      outputs: { answer: ['text', 'w.text'] },
    })
    const { handle, events, paused } = begin(atEvery, { topics: ['1', '2'] }, mapped)
    for (let i = 0; i < 6; i++) {
      await paused()
      const hits = events.filter(({ type }) => type === 'break.token').length
      const gone = events.filter(({ type }) => type === 'break.left').length
      expect(hits - gone).toBe(1)
      handle.resume()
    }
    expect((await handle.done).status).toBe('done')
  })
})
