import { statSync } from 'node:fs'
import type { WithCandidate } from '../src/main/node-runtime'
import { openToyRuntime } from '../src/main/weights/testing/toy-runtime'
import { toy } from '../src/main/weights/testing/toys'
import type { WeightsExpression } from '../src/shared/expression'
import { median } from './median'

/**
 * What a candidate of a search costs before it is judged: merged into a file of its own, into the file that all candidates share, and into that one where only
 * one layer has other weights; medians, in turn. Toys, or a model file (as F16, merged with itself).
 * `node bench/run.mjs candidates [model file] [rounds]`
 */
export default async function benchCandidates([path, rounds = '7']: readonly string[]): Promise<void> {
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
  } finally {
    await toys.close()
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
