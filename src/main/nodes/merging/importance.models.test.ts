import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ModelRef, StatisticsRef } from '../../../shared/value'
import { quietCall, toyRef } from '../../models/testing'
import type { RunContext } from '../../node-runtime'
import { decodeTable, type StatisticsTable } from '../../weights/statistics/table'
import { openToyRuntime, type ToyRuntime } from '../../weights/testing/toy-runtime'
import { tensorOf, toy } from '../../weights/testing/toys'
import { runNode, testContext } from '../testing'
import calibrate from './calibrate'
import writeModel from './write-model'

/** A toy in 4 bits, with and without the importance of its columns measured on its own task. */
let toys: ToyRuntime
let context: RunContext
beforeAll(async () => {
  toys = await openToyRuntime()
  context = testContext({ weights: toys.runtime })
  context = { ...context, models: { ...context.models, open: (ref) => toys.pool.open(ref) } }
})
afterAll(() => toys.close())

const items = readFileSync('resources/toys/eval/math.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { prompt: string; answer: string })
const [seen, unseen] = [0, 1].map((part) => items.filter((_, index) => index % 2 === part)) as [typeof items, typeof items]

/** Mean −log p of the answers that were not calibrated on, in nats a token. */
async function loss(model: ModelRef): Promise<number> {
  const opened = await toys.pool.open(model)
  let [nats, tokens] = [0, 0]
  for (const { prompt, answer } of unseen) {
    const [score] = await opened.scoreContinuations(
      { prompt: { kind: 'text', text: prompt }, continuations: [` ${answer}`], end: true },
      quietCall(),
    )
    nats -= score?.logprob ?? 0
    tokens += score?.tokens ?? 0
  }
  return nats / tokens
}

/** Σ e·(w − ŵ)² over the feed-forward matrices of a written file, e the energy of each column: what importance asks to be small. */
async function weightedError(model: ModelRef, energies: StatisticsTable): Promise<number> {
  const call = { signal: context.signal, onProgress: () => undefined }
  const { model: plain } = await toys.runtime.write({ expression: { op: 'load', model }, name: 'plain', dtype: 'F32', recipe: {} }, call)
  let error = 0
  for (const name of [0, 1, 2, 3].flatMap((block) => ['ffn_up', 'ffn_down'].map((part) => `blk.${block}.${part}.weight`))) {
    const [was, is, energy] = [
      await tensorOf('resources/toys/toy-math.gguf', name),
      await tensorOf(plain.id, name),
      energies.get(name, 'energy'),
    ]
    if (energy === undefined) throw new Error(`nothing was measured of ${name}`)
    for (let i = 0; i < was.length; i++) error += (energy[i % energy.length] as number) * ((was[i] as number) - (is[i] as number)) ** 2
  }
  return error
}

it('what matters most is kept closest, in every type of 4 bits', { timeout: 300_000 }, async () => {
  const data = { name: 'sums', columns: ['prompt', 'answer'], rows: seen.map(({ prompt, answer }) => ({ prompt, answer })) }
  const { outputs } = await runNode(calibrate, { inputs: { data }, params: { model: toyRef('toy-math'), rows: 75, gramWidth: 0 }, context })
  const statistics = outputs.statistics as StatisticsRef
  const energies = decodeTable(await context.blobs.get(statistics.blob))
  const figures: Record<string, readonly number[]> = {}
  for (const dtype of ['Q4_0', 'Q4_1', 'IQ4_NL']) {
    const written = async (inputs: object): Promise<ModelRef> =>
      (await runNode(writeModel, { inputs: { weights: toy('toy-math'), ...inputs }, params: { dtype, name: 'four' }, context })).outputs
        .model as ModelRef
    const [plain, important] = [await written({}), await written({ importance: statistics })]
    figures[dtype] = [
      await weightedError(plain, energies),
      await weightedError(important, energies),
      await loss(plain),
      await loss(important),
    ]
    expect(figures[dtype][1]).toBeLessThan(0.95 * (figures[dtype][0] as number))
  }
  if (process.env.FIGURES) console.log(figures)
})
