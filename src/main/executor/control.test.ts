import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../shared/run/events'
import { foldEvents } from '../../shared/run/fold'
import { openStore, type Store } from '../store'
import type { RunHandle, RunOptions } from '.'
import { type Bench, createBench, follow, graph, pausesOf, run } from './testing'

let folder: string
let store: Store
let bench: Bench
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'control-'))
  store = openStore(folder)
  bench = createBench(store)
})
afterEach(async () => {
  await bench.executor.close()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const document = graph({
  nodes: { a: { type: 'say', params: { text: 'hello' } }, b: { type: 'upper' }, c: { type: 'upper', params: { suffix: '!' } } },
  wires: [
    ['a.text', 'b.text'],
    ['b.text', 'c.text'],
  ],
  outputs: { answer: ['text', 'c.text'] },
})

/** Starts a run and gives what waits at breakpoints, as it comes. */
function start(options: RunOptions): { handle: RunHandle; paused(): Promise<string>; events: RunEvent[] } {
  const handle = bench.executor.start({ document, options })
  return { handle, ...pausesOf(handle, 'break.hit') }
}

describe('a breakpoint', () => {
  it('pauses before the node runs, holds what follows, and lets it go on when it is told to', async () => {
    const { handle, paused, events } = start({ breakpoints: ['b'] })
    expect(await paused()).toBe('b')
    expect(bench.ran('upper hello')).toBe(0)
    expect(foldEvents(events).nodes.b).toMatchObject({ phase: 'paused', reason: 'breakpoint' })
    handle.resume()
    expect((await handle.done).status).toBe('done')
    expect(foldEvents(events).nodes.b?.phase).toBe('done')
  })

  it('is passed step by step', async () => {
    const { handle, paused } = start({ breakpoints: ['a'] })
    expect(await paused()).toBe('a')
    handle.step()
    expect(await paused()).toBe('b')
    handle.step()
    expect(await paused()).toBe('c')
    expect(bench.ran('upper HELLO')).toBe(0)
    handle.resume()
    expect((await handle.done).status).toBe('done')
  })

  it('lets a run be stopped while it waits, and resumed: what was finished is not run again', async () => {
    const { handle, paused } = start({ breakpoints: ['c'] })
    await paused()
    handle.stop()
    expect(await handle.done).toMatchObject({ status: 'stopped', exit: 130 })
    const again = bench.executor.resume(handle.id)
    const hit = new Promise<void>((resolve) => again.subscribe((batch) => batch.some(({ type }) => type === 'break.hit') && resolve(), 0))
    await hit
    again.resume()
    expect((await again.done).status).toBe('done')
    expect(bench.ran('say hello')).toBe(1)
  })

  it.each([
    [{ is: 'contains', text: 'ELL' } as const, true],
    [{ is: 'lacks', text: 'ell' } as const, false],
    [{ is: 'longer', than: 4 } as const, true],
    [{ is: 'shorter', than: 5 } as const, false],
    [{ is: 'empty' } as const, false],
    [{ is: 'any' } as const, true],
    [{ is: 'above', than: 0 } as const, false],
  ])('on a wire asks its condition: %j pauses %s', async (when, pauses) => {
    const { handle, events } = start({ wireBreaks: [{ from: 'a.text', to: 'b.text', when }] })
    const left = handle.subscribe((batch) => batch.some(({ type }) => type === 'break.hit') && handle.resume(), 0)
    await handle.done
    left()
    expect(events.some(({ type }) => type === 'break.hit')).toBe(pauses)
  })
})

describe('a pinned output', () => {
  it('is taken instead of asking the node, and neither the node nor what only it needs runs', async () => {
    const ran = await run(bench, document, {}, { pins: { b: { text: 'Pinned' } } })
    expect(ran.outputs.answer).toBe('PINNED!')
    expect(ran.ran).toEqual(['c'])
  })

  it('marks events and results', async () => {
    const ran = await run(bench, document, {}, { pins: { b: { text: 'Pinned' } } })
    expect(ran.of('node.pinned')).toMatchObject([{ node: 'b', ports: ['text'] }])
    expect(ran.of('run.end')).toMatchObject([{ pinned: ['b'] }])
    expect(ran.outcome.pinned).toEqual(['b'])
    expect(foldEvents(ran.events).nodes.b).toMatchObject({ phase: 'cached', pinned: ['text'], outputs: { text: { preview: 'Pinned' } } })
  })

  it('leaves no trace in a later run without it', async () => {
    await run(bench, document, {}, { pins: { b: { text: 'Pinned' } } })
    const ran = await run(bench, document)
    expect(ran.outputs.answer).toBe('HELLO!')
    expect(ran.outcome.pinned).toBeUndefined()
    expect(ran.of('run.end')[0]).not.toHaveProperty('pinned')
  })

  it.each([
    [{ gone: { text: 'x' } }, 'not-found'],
    [{ b: { other: 'x' } }, 'not-found'],
    [{ b: { text: 7 } }, 'input-type'],
  ])('that does not fit the graph is refused: %j', (pins, code) => {
    expect(() => bench.executor.start({ document, options: { pins } })).toThrow(expect.objectContaining({ code }))
  })

  it('is planned as what it is', async () => {
    const { nodes } = await bench.executor.plan({ document, options: { pins: { b: { text: 'Pinned' } } } })
    expect(nodes).toMatchObject([{ node: 'b', action: 'cached', reason: 'its value is pinned by hand' }, { node: 'c' }])
  })
})

describe('inside containers', () => {
  const each = (container: string, params = {}) =>
    graph({
      nodes: { a: { type: 'say', params: { text: 'x,y' } }, s: { type: 'split' }, box: { type: container, params, subgraph: 'inner' } },
      wires: [
        ['a.text', 's.text'],
        [container === 'map' ? 's.items' : 'a.text', 'box.text'],
      ],
      outputs: { answer: ['text', 'box.out'] },
      subgraphs: {
        inner: {
          inputs: { text: { type: 'text' } },
          nodes: { first: { type: 'upper' }, second: { type: 'upper', params: { suffix: '!' } } },
          wires: [
            ['@text', 'first.text'],
            ['first.text', 'second.text'],
          ],
          outputs: { out: ['text', 'second.text'] },
        },
      },
    })

  it('a pinned output stands for all items, and what only it needs does not run', async () => {
    const ran = await run(bench, each('map'), {}, { pins: { 'box/second': { text: 'Pinned' } } })
    expect(ran.outputs.answer).toEqual(['Pinned', 'Pinned'])
    expect(ran.ran.filter((node) => node.startsWith('box/'))).toEqual([])
    expect(ran.of('node.pinned').map(({ node }) => node)).toEqual(['box/0/second', 'box/1/second'])
    expect(ran.of('run.end')).toMatchObject([{ pinned: ['box/second'] }])
    expect((await run(bench, each('map'))).outputs.answer).toEqual(['X!', 'Y!'])
  })

  it('an equal node of another container is not pinned with it', async () => {
    const ran = await run(bench, each('subgraph'), {}, { pins: { 'box/first': { text: 'one' } } })
    expect(ran.outputs.answer).toBe('ONE!')
    expect(() => bench.executor.start({ document: each('subgraph'), options: { pins: { 'other/first': { text: 'x' } } } })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    )
  })

  it('a breakpoint pauses each item before the node, a condition on a wire only those that meet it', async () => {
    const at = async (options: RunOptions) => {
      const handle = bench.executor.start({ document: each('map'), options: { cache: 'ignore', ...options } })
      const hits: string[] = []
      handle.subscribe((batch) => {
        for (const event of batch) if (event.type === 'break.hit') hits.push(event.node)
        if (hits.length > 0) handle.resume()
      }, 0)
      expect((await handle.done).status).toBe('done')
      return hits.sort()
    }
    expect(await at({ breakpoints: ['box/second'] })).toEqual(['box/0/second', 'box/1/second'])
    expect(await at({ breakpoints: ['second'] })).toEqual([])
    const wire = { from: 'first.text', to: 'second.text', when: { is: 'contains', text: 'y' } as const }
    expect(await at({ wireBreaks: [{ ...wire, in: 'box/' }] })).toEqual(['box/1/second'])
    expect(await at({ wireBreaks: [wire] })).toEqual([])
  })

  it('a step stays in the graph where it paused, then goes on around it', async () => {
    const inner = each('subgraph')
    const around = {
      ...inner,
      nodes: { ...inner.nodes, z: { type: 'upper', v: 1, params: {} } },
      wires: [...inner.wires, { from: 'box.out', to: 'z.text' }],
    }
    const handle = bench.executor.start({
      document: { ...around, interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'z.text' } } } },
      options: { breakpoints: ['box/first'] },
    })
    const hits: string[] = []
    handle.subscribe((batch) => {
      for (const event of batch) {
        if (event.type !== 'break.hit') continue
        hits.push(event.node)
        handle.step()
      }
    }, 0)
    expect((await handle.done).status).toBe('done')
    expect(hits).toEqual(['box/first', 'box/second', 'z'])
  })
})

it('a run goes on from any node with the values of any past run', async () => {
  const first = await run(bench, document)
  const changed = { ...document, nodes: { ...document.nodes, a: { type: 'say', v: 1, params: { text: 'bye' } } } }
  await run(bench, changed)
  const ran = await follow(bench, bench.executor.start({ document: changed, options: { from: ['c'], fromRun: first.id } }))
  expect(ran.outputs.answer).toBe('HELLO!')
  expect(ran.ran).toEqual(['c'])
})
