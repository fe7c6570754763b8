import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '../../../shared/json'
import { type App, openApp } from '../../app'
import { testThreads } from '../../models/testing'

/** A search whose objective is a part of a graph: a Loop around Next candidate, a Merger, a score and Record candidate, on the toys. */
let app: App
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tributary-search-'))
  app = await openApp({ door: 'terminal', home, threads: testThreads() })
})
afterAll(async () => {
  await app.close()
  await rm(home, { recursive: true, force: true })
})

const load = (alias: string) => ({ type: 'load-weights', v: 1, params: { model: `model:${alias}` } })

/** Searches one share of the sums model beside the facts model; `score` is what judges. */
function documentOf(score: Readonly<Record<string, Json>>, goal: string, budget: number): Json {
  return {
    format: 'tributary/graph',
    version: 1,
    id: 'search-anything',
    name: 'Search over anything',
    models: {
      base: { catalog: 'toy-base' },
      first: { catalog: 'toy-math' },
      second: { catalog: 'toy-facts' },
      judge: { catalog: 'toy-nli' },
    },
    interface: {
      inputs: { history: { type: 'json', default: [] } },
      outputs: {
        best: { from: 'loop.best', type: 'text' },
        score: { from: 'loop.score', type: 'number' },
        history: { from: 'loop.history', type: 'json' },
      },
    },
    nodes: { loop: { type: 'loop', v: 1, params: { times: budget + 5, until: 'done' }, subgraph: 'round' } },
    wires: [{ from: '@history', to: 'loop.history' }],
    subgraphs: {
      round: {
        interface: {
          inputs: { history: { type: 'json' } },
          outputs: {
            history: { from: 'record.history', type: 'json' },
            best: { from: 'record.best', type: 'text' },
            score: { from: 'record.score', type: 'number' },
            done: { from: 'record.done', type: 'boolean' },
          },
        },
        nodes: {
          base: load('base'),
          first: load('first'),
          second: load('second'),
          rows: { type: 'dataset', v: 1, params: { source: 'sample:toy-mixed-questions.jsonl' } },
          next: { type: 'next-candidate', v: 1, params: { count: 2, low: 0, high: 1.2, search: 'bayes', budget } },
          merge: { type: 'merger', v: 1, params: { method: 'task-arithmetic' } },
          score: { type: 'score-merge', v: 1, params: { promptColumn: 'question', answerColumn: 'gold', rows: 24, ...score } },
          record: { type: 'record-candidate', v: 1, params: { goal } },
        },
        wires: [
          { from: '@history', to: 'next.history' },
          { from: '@history', to: 'record.history' },
          { from: 'next.candidate', to: 'merge.weights' },
          { from: 'next.candidate', to: 'record.candidate' },
          { from: 'next.isNew', to: 'record.isNew' },
          { from: 'first.weights', to: 'merge.models#0' },
          { from: 'second.weights', to: 'merge.models#1' },
          { from: 'base.weights', to: 'merge.base' },
          { from: 'merge.weights', to: 'score.weights' },
          { from: 'rows.dataset', to: 'score.data' },
          { from: 'score.score', to: 'record.score' },
        ],
      },
    },
  } as Json
}

async function run(document: Json): Promise<{ best: string; score: number; history: { point: number[]; loss: number }[] }> {
  const handle = await app.startRun({ document, inputs: {}, options: { cache: 'ignore' } } as unknown as Parameters<App['startRun']>[0])
  const { status, outputs, error } = await handle.done
  expect([status, error]).toEqual(['done', undefined])
  const values = await Promise.all(
    Object.entries(outputs).map(async ([name, { sha }]) => [name, (await app.house.executor.value(sha)).data] as const),
  )
  return Object.fromEntries(values) as never
}

test.each([
  ['accuracy', { measure: 'accuracy' }, 'highest'],
  ['perplexity', { measure: 'perplexity' }, 'lowest'],
  ['a judge', { measure: 'judge', judge: 'model:judge' }, 'highest'],
] as const)(
  'by %s, a merge is found in as many rounds as the budget has, and it beats the base',
  { timeout: 240_000 },
  async (_, score, goal) => {
    const { best, score: found, history } = await run(documentOf(score, goal, 10))
    if (process.env.FIGURES) console.log(score.measure, best, found, JSON.stringify(history))
    expect(history).toHaveLength(10)
    const [none, , both] = history.map(({ loss }) => loss)
    const least = Math.min(...history.map(({ loss }) => loss))
    expect(Math.abs(found)).toBeCloseTo(Math.abs(least), 9)
    // better than the base alone, and no worse than both at more than their full strength
    expect(least).toBeLessThan(none ?? 0)
    expect(least).toBeLessThanOrEqual(both ?? 0)
  },
)

test('tokens a second are told', { timeout: 120_000 }, async () => {
  const { history } = await run(documentOf({ measure: 'speed', rows: 8 }, 'highest', 2))
  for (const { loss } of history) expect(-loss).toBeGreaterThan(1)
})
