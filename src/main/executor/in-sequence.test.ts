import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorPolicy, GraphDocument } from '../../shared/graph/document'
import { setBranches } from '../../shared/graph/edit'
import { planMemory } from '../../shared/graph/memory'
import { planRun } from '../../shared/graph/plan'
import { specsByType } from '../../shared/graph/specs'
import { defineNode } from '../node-runtime'
import { openStore, type Store } from '../store'
import { createBench, graph, run, stubs } from './testing'

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

const model = { small: { sha256: 's'.repeat(64) }, large: { sha256: 'l'.repeat(64) }, judge: { sha256: 'j'.repeat(64) } }
const sizes = { small: 100, large: 300, judge: 200 } as const
const library = Object.entries(model).map(([name, { sha256 }]) => ({
  name,
  sha256,
  sizeBytes: sizes[name as keyof typeof sizes],
  measured: { memoryBytes: sizes[name as keyof typeof sizes] },
}))

/** What nodes and memory did, in order, and how many worked at once. `meet`: so many must be at work before any of them ends. */
function house(meet = 1) {
  const did: string[] = []
  let working = 0
  let most = 0
  let meeting: (() => void) | undefined
  const met = new Promise<void>((resolve) => {
    meeting = resolve
  })
  const ask = defineNode(
    {
      type: 'ask',
      version: 1,
      title: 'Ask',
      family: 'ensemble',
      summary: 'asks',
      effect: 'pure',
      resource: 'model',
      inputs: { text: { wire: 'text', arity: 'optional', summary: 'in' } },
      outputs: { text: { wire: 'text', summary: 'out' } },
      params: { model: { kind: 'model', default: null, needs: 'text', summary: 'whom' } },
    },
    async ({ inputs, params }) => {
      did.push(`ask ${params.model?.name}`)
      most = Math.max(most, ++working)
      if (working >= meet) meeting?.()
      await met
      await setTimeout(1)
      working--
      return { text: `${inputs.text ?? ''}>${params.model?.name}` }
    },
  )
  const definitions = [ask, ...stubs(new Map())]
  const unused = () => Promise.reject(new Error('unused'))
  const bench = createBench(store, {
    catalog: { get: (type) => definitions.find(({ spec }) => spec.type === type), specs: () => definitions.map(({ spec }) => spec) },
    models: {
      pool: { open: unused, decode: unused, decodeAll: unused },
      resolve: ({ sha256 = '' }, name) => ({ backend: 'llama-cpp', id: sha256, name }),
      residency: {
        isLoaded: () => false,
        fit: () => ({ fits: true, neededBytes: 1, budgetBytes: 2 }),
        lease: async () => () => undefined,
        free: async (models) => void did.push(`free ${models.map(({ name }) => name).join(' ')}`),
      },
    },
    limits: { model: 8 },
  })
  return { bench, did, most: () => most, specs: specsByType(definitions.map(({ spec }) => spec)) }
}

const asks = (alias: keyof typeof model) => ({ type: 'ask', params: { model: `model:${alias}` } })
/** two branches of two nodes each, of unlike models, whose ends are judged one by one */
const branched: GraphDocument = {
  ...graph({
    nodes: {
      a1: asks('small'),
      b1: asks('large'),
      a2: asks('small'),
      b2: asks('large'),
      ja: asks('judge'),
      jb: asks('judge'),
      all: { type: 'join' },
    },
    wires: [
      ['a1.text', 'a2.text'],
      ['b1.text', 'b2.text'],
      ['a2.text', 'ja.text'],
      ['b2.text', 'jb.text'],
      ['ja.text', 'all.texts#0'],
      ['jb.text', 'all.texts#1'],
    ],
    outputs: { answer: ['text', 'all.text'] },
  }),
  models: model,
}
const sequence = (document: GraphDocument) => setBranches(document, { branches: 'sequence' }).document
const answer = '>small>small>judge+>large>large>judge'

describe('branches', () => {
  it('run beside each other unless the graph says otherwise', async () => {
    const { bench, most } = house(2)
    expect((await run(bench, branched)).outputs.answer).toBe(answer)
    expect(most()).toBeGreaterThanOrEqual(2)
  })

  it('in sequence: one node with a model at a time, those of a model together, and what nothing needs any more leaves memory', async () => {
    const { bench, did, most } = house()
    expect((await run(bench, sequence(branched))).outputs.answer).toBe(answer)
    expect(most()).toBe(1)
    expect(did).toEqual(['ask small', 'ask small', 'free small', 'ask large', 'ask large', 'free large', 'ask judge', 'ask judge'])
  })

  it('give equal results either way, so that one way finds what the other has stored', async () => {
    const { bench } = house()
    await run(bench, branched)
    expect((await run(bench, sequence(branched))).ran).toEqual([])
  })

  it('in sequence take the items of a list and of a Map one by one', async () => {
    const mapped: GraphDocument = {
      ...graph({
        nodes: {
          words: { type: 'say', params: { text: 'a,b,c,d' } },
          split: { type: 'split' },
          lifted: asks('small'),
          map: { type: 'map', subgraph: 's', params: { parallel: 4 } },
        },
        wires: [
          ['words.text', 'split.text'],
          ['split.items', 'lifted.text'],
          ['split.items', 'map.text'],
        ],
        outputs: { lifted: ['text', 'lifted.text'], mapped: ['text', 'map.text'] },
        subgraphs: {
          s: {
            nodes: { ask: asks('large') },
            wires: [['@text', 'ask.text']],
            inputs: { text: { type: 'text' } },
            outputs: { text: ['text', 'ask.text'] },
          },
        },
      }),
      models: model,
    }
    const beside = house(2)
    const { outputs } = await run(beside.bench, mapped)
    expect(beside.most()).toBeGreaterThanOrEqual(2)
    const { bench, most } = house()
    expect((await run(bench, sequence(mapped), {}, { cache: 'ignore' })).outputs).toEqual(outputs)
    expect(most()).toBe(1)
  })

  it('in sequence go on past a node that fails into its default, and stop with one that fails', async () => {
    const failing = (policy: ErrorPolicy): GraphDocument => ({
      ...branched,
      nodes: { ...branched.nodes, a1: { type: 'fail', v: 1, params: {}, policy } },
    })
    const kept = await run(house().bench, sequence(failing({ onError: 'default', defaults: { text: 'x' } })))
    expect(kept.outputs.answer).toBe('x>small>judge+>large>large>judge')
    const stopped = await run(house().bench, sequence(failing({})), {}, { cache: 'ignore' })
    expect(stopped.outcome.status).toBe('failed')
  })
})

describe('the plan of branches in sequence', () => {
  const memoryOf = (document: GraphDocument, budgetBytes?: number) => {
    const { specs } = house()
    return planMemory(planRun({ document, specs }), document, library, { specs, ...(budgetBytes === undefined ? {} : { budgetBytes }) })
  }

  it('holds no more than one branch needs, in the order that the run takes', () => {
    expect(memoryOf(branched).peakBytes).toBe(600)
    const { peakBytes, steps } = memoryOf(sequence(branched))
    expect(peakBytes).toBe(300)
    expect(steps.map(({ node, loads, evicts }) => [node, loads, evicts])).toEqual([
      ['a1', ['small'], []],
      ['a2', [], []],
      ['b1', ['large'], ['small']],
      ['b2', [], []],
      ['ja', ['judge'], ['large']],
      ['jb', [], []],
    ])
  })

  it('loads no model twice where branches that take turns would', () => {
    expect(memoryOf(branched, 350).reloads).toBeGreaterThan(0)
    expect(memoryOf(sequence(branched), 350)).toMatchObject({ reloads: 0, peakBytes: 300 })
  })
})
