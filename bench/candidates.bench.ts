import { readFileSync, statSync } from 'node:fs'
import type { DecodeProgram, ScoreRequest } from '../src/main/models/model'
import type { WithCandidate } from '../src/main/node-runtime'
import { openToyRuntime, type ToyRuntime } from '../src/main/weights/testing/toy-runtime'
import { toy } from '../src/main/weights/testing/toys'
import type { WeightsExpression } from '../src/shared/expression'
import type { ModelRef } from '../src/shared/value'
import { median } from './median'

/**
 * What a candidate of a search costs. Before it is judged: merged into a file of its own, into the file that all candidates share, and into that one where only
 * one layer has other weights; medians, in turn. Then judged on rows, by the likelihood of answers and by greedy ones: a call for each row, and all side by
 * side, which must come to the same numbers. Toys, or a model file (as F16, merged with itself; judged as it is, too).
 * `TRIBUTARY_TEST_THREADS=2 node bench/run.mjs candidates [model file] [rounds] [rows]`
 */
export default async function benchCandidates([path, rounds = '7', count = '32']: readonly string[]): Promise<void> {
  const toys = await openToyRuntime()
  const call = { signal: new AbortController().signal, onProgress: () => undefined }
  const asFile = async (name: string): Promise<WeightsExpression> => {
    const of: WeightsExpression = { op: 'load', model: { backend: 'llama-cpp', id: path as string, name } }
    const { model } = await toys.runtime.write({ expression: of, name, dtype: 'F16', recipe: {}, blobs: noBlobs }, call)
    return { op: 'load', model }
  }
  try {
    const models = path ? [await asFile('a'), await asFile('b')] : [toy('toy-math'), toy('toy-facts')]
    const [own, shared, layer]: number[][] = [[], [], []]
    let bytes = 0
    const timed = async (withCandidate: WithCandidate, weights: readonly WeightsExpression[], share: object | number, into: number[]) => {
      const started = performance.now()
      const request = { expression: mixed(weights, share), name: 'candidate', dtype: 'keep', recipe: {}, blobs: noBlobs }
      await withCandidate(request, call, async ({ id }) => {
        bytes = statSync(toys.runtime.candidatePath(id) as string).size
      })
      into.push(performance.now() - started)
    }
    await toys.runtime.withScratch(async (scratch) => {
      for (let round = 0; round < Number(rounds); round++) {
        await timed(toys.runtime.withCandidate, models, 0.1 + round / 20, own as number[])
        await timed(scratch, models, 0.1 + round / 20, shared as number[])
        await timed(scratch, models, [{ filter: 'blk.0.', value: 0.9 }, { value: 0.1 + round / 20 }], layer as number[])
      }
    })
    // the first one of a search starts threads and writes all of the file
    const ms = (times: readonly number[] = []): string => `${median(times.slice(1)).toFixed(0)} ms`
    console.log(`${(bytes / 1e6).toFixed(1)} MB; own file ${ms(own)}, shared file ${ms(shared)}, one layer of it ${ms(layer)}`)
    const rows = rowsOf(Number(count))
    const judged = path ? [{ backend: 'llama-cpp', id: path, name: 'as it is' } as const] : []
    for (const weights of [...models.slice(0, 1), ...judged])
      await timeJudging(toys, 'op' in weights ? (weights as { model: ModelRef }).model : weights, rows)
  } finally {
    await toys.close()
  }
}

interface Row {
  readonly prompt: string
  readonly answer: string
}

const rowsOf = (count: number): Row[] =>
  readFileSync('resources/toys/eval/facts.jsonl', 'utf8')
    .trim()
    .split('\n')
    .slice(0, count)
    .map((line) => JSON.parse(line) as Row)

/** Milliseconds for all rows, one after the other and side by side, in turn, each with nothing read before; the rounds of which the middle counts: three. */
async function timeJudging({ pool }: ToyRuntime, model: ModelRef, rows: readonly Row[]): Promise<void> {
  const call = { signal: new AbortController().signal }
  const opened = await pool.open(model)
  const requests = rows.map(
    ({ prompt, answer }): ScoreRequest => ({ prompt: { kind: 'text', text: prompt }, continuations: [` ${answer}`], end: true }),
  )
  const programs = rows.map(
    ({ prompt }): DecodeProgram => ({
      expression: { op: 'lm', model, prompt: { kind: 'text', text: prompt } },
      sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
      maxTokens: 8,
      stop: ['\n'],
      seed: 1,
    }),
  )
  const one =
    <Asked, Given>(all: readonly Asked[], ask: (asked: Asked) => Promise<Given>) =>
    async (): Promise<Given[]> => {
      const given: Given[] = []
      for (const asked of all) given.push(await ask(asked))
      return given
    }
  const ways = {
    likelihood: [one(requests, (request) => opened.scoreContinuations(request, call)), () => opened.scoreAll(requests, call)],
    answers: [one(programs, (program) => pool.decode(program, call)), () => pool.decodeAll(programs, call)],
  }
  for (const [name, both] of Object.entries(ways)) {
    const times: number[][] = [[], []]
    const results: string[] = []
    for (let round = 0; round < 3; round++)
      for (const [i, way] of both.entries()) {
        await pool.local.forget(model.id)
        await opened.describe(call)
        const started = performance.now()
        const result = await way()
        times[i]?.push(performance.now() - started)
        results.push(JSON.stringify(result, (key, value) => (key === 'usage' ? undefined : value)))
      }
    const [each, together] = times.map(median) as [number, number]
    const same = new Set(results).size === 1 ? 'the same' : 'OTHER NUMBERS'
    console.log(
      `${model.name}, ${rows.length} rows, ${name}: row by row ${each.toFixed(0)} ms, side by side ${together.toFixed(0)} ms, ${same}`,
    )
  }
}

const mixed = ([first, second]: readonly WeightsExpression[], weight: object | number): WeightsExpression => ({
  op: 'merge',
  method: 'linear',
  models: [
    { weights: first as WeightsExpression, params: { weight: weight as number } },
    { weights: second as WeightsExpression, params: { weight: 0.5 } },
  ],
  params: {},
  seed: 0,
})

const noBlobs = { get: async () => undefined, path: async () => undefined } as never
