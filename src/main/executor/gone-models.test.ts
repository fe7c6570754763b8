import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ModelRef } from '../../shared/value'
import { defineNode } from '../node-runtime'
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

it('writes a model again whose file was deleted, says why, and takes from the cache what follows', async () => {
  const files = new Set<string>()
  const ref: ModelRef = { backend: 'fake', id: 'f'.repeat(64), name: 'merged' }
  const base = { version: 1, title: 'Stub', family: 'merging', summary: 'a stub', effect: 'pure', resource: 'merge', params: {} } as const
  const write = defineNode({ ...base, type: 'write', inputs: {}, outputs: { model: { wire: 'model', summary: 'out' } } }, () => {
    files.add(ref.id)
    return { model: ref }
  })
  const name = defineNode(
    {
      ...base,
      type: 'name',
      inputs: { model: { wire: 'model', arity: 'one', summary: 'in' } },
      outputs: { text: { wire: 'text', summary: 'out' } },
    },
    ({ inputs }) => ({ text: inputs.model.name }),
  )
  const definitions = [write, name]
  const unused = () => Promise.reject(new Error('unused'))
  const bench = createBench(store, {
    catalog: { get: (type) => definitions.find(({ spec }) => spec.type === type), specs: () => definitions.map(({ spec }) => spec) },
    models: { pool: { open: unused, decode: unused, decodeAll: unused }, resolve: () => ref, isPresent: ({ id }) => files.has(id) },
  })
  const document = graph({
    nodes: { w: { type: 'write' }, n: { type: 'name' } },
    wires: [['w.model', 'n.model']],
    outputs: { name: ['text', 'n.text'] },
  })

  expect((await run(bench, document)).ran).toEqual(['w', 'n'])
  expect((await run(bench, document)).ran).toEqual([])
  files.clear()
  const again = await run(bench, document)
  expect(again.ran).toEqual(['w'])
  expect(again.of('run.plan')[0]!.nodes.find(({ node }) => node === 'w')).toMatchObject({ action: 'run', reason: 'the model file is gone' })
  expect(files.has(ref.id)).toBe(true)
  await bench.executor.close()
})
