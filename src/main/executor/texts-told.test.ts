import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFakePool, fakeRef } from '../models/fake'
import type { DecodeProgram } from '../models/model'
import { defineNode, type NodeDefinition } from '../node-runtime'
import canaryCheck from '../nodes/merging/canary-check'
import { openStore, type Store } from '../store'
import { createBench, graph, run } from './testing'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executor-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const base = { version: 1, title: 'Stub', family: 'merging', summary: 'a stub', effect: 'pure', resource: 'cpu', params: {} } as const
const model = defineNode({ ...base, type: 'model', inputs: {}, outputs: { model: { wire: 'model', summary: 'out' } } }, () => ({
  model: fakeRef(),
}))
const program: DecodeProgram = {
  expression: { op: 'lm', model: fakeRef(), prompt: { kind: 'text', text: 'the' } },
  sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  maxTokens: 1,
  stop: [],
  seed: 1,
}
/** Judges two candidates by four texts each. */
const judge = defineNode(
  { ...base, type: 'judge', inputs: {}, outputs: { text: { wire: 'text', summary: 'out' } } },
  async ({ context: { models, progress } }) => {
    progress(0, 2, 'candidates')
    for (const candidate of [1, 2]) {
      await models.decodeAll([program, program, program, program])
      progress(candidate, 2, 'candidates')
    }
    return { text: 'done' }
  },
)

async function progressOf(definitions: readonly NodeDefinition[], document: Parameters<typeof graph>[0], node: string) {
  const bench = createBench(store, {
    catalog: { get: (type) => definitions.find(({ spec }) => spec.type === type), specs: () => definitions.map(({ spec }) => spec) },
    models: { pool: createFakePool(), resolve: () => fakeRef() },
  })
  const ran = await run(bench, graph(document))
  await bench.executor.close()
  return ran.of('node.progress').flatMap((event) => (event.node === node ? [`${event.done} of ${event.total} ${event.unit}`] : []))
}

it('a canary check tells how many of its texts are written, to the last', async () => {
  const nodes = { m: { type: 'model' }, c: { type: 'canary-check' } }
  const told = await progressOf(
    [model, canaryCheck],
    { nodes, wires: [['m.model', 'c.model']], outputs: { report: ['json', 'c.report'] } },
    'c',
  )
  expect(told).toEqual(Array.from({ length: 41 }, (_, done) => `${done} of 40 texts`))
})

it('what counts candidates goes on within each by its texts', async () => {
  const told = await progressOf([judge], { nodes: { j: { type: 'judge' } }, outputs: { text: ['text', 'j.text'] } }, 'j')
  expect(told).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2].map((done) => `${done} of 2 candidates`))
})
