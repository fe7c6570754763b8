import { describe, expect, it } from 'vitest'
import type { RunHandle } from '../executor'
import { createBench, graph } from '../executor/testing'
import { open } from '../store/testing'
import { runVariants } from './variants'

const document = graph({
  nodes: { say: { type: 'say', params: { text: 'hello' } }, shout: { type: 'upper', params: { suffix: '' } } },
  wires: [['say.text', 'shout.text']],
  outputs: { answer: ['text', 'shout.text'] },
})

async function runAll(values: readonly string[], stopAt?: number) {
  const store = open()
  const bench = createBench(store)
  const handles: RunHandle[] = []
  await new Promise<void>((done) => {
    runVariants({ node: 'shout', param: 'suffix', values: [...values] }, document, { inputs: {}, seed: 7, group: 'v1' }, (request) => {
      const handle = bench.executor.start(request)
      handles.push(handle)
      const isLast = handles.length === values.length || handles.length === stopAt
      if (handles.length === stopAt) handle.stop()
      void handle.done.then(() => setTimeout(() => isLast && done(), 20))
      return handle
    })
  })
  return { store, bench, handles }
}

describe('variants of a param', () => {
  it('run one after the other with one seed, and what they share is computed once', async () => {
    const { store, bench, handles } = await runAll(['!', '?', '…'])
    const answers = handles.map(({ id }) => store.runs.get(id).outputs.answer?.preview)
    expect(answers).toEqual(['HELLO!', 'HELLO?', 'HELLO…'])
    expect(bench.ran('say hello')).toBe(1)
    expect(bench.ran('upper hello')).toBe(3)
    expect(handles.map(({ seed }) => seed)).toEqual([7, 7, 7])
  })

  it('are told apart in the history, and each keeps the graph that it ran', async () => {
    const { store, handles } = await runAll(['!', '?'])
    const second = handles[1]?.id ?? ''
    expect(store.runs.get(second).options).toMatchObject({
      variant: { group: 'v1', label: 'B', node: 'shout', param: 'suffix', value: '?' },
    })
    expect(store.runs.document(second).nodes.shout?.params.suffix).toBe('?')
    expect(document.nodes.shout?.params.suffix).toBe('')
  })

  it('end with the one that a person stops', async () => {
    const { handles } = await runAll(['!', '?', '…'], 1)
    expect(handles).toHaveLength(1)
  })
})
