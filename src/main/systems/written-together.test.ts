import { expect, it } from 'vitest'
import type { Decoded, DecodeProgram, ModelPool } from '../models/model'
import { WrittenTogether } from './written-together'

const program = (seed: number): DecodeProgram => ({ seed }) as DecodeProgram
const { signal } = new AbortController()

/** Runs that ask for as many texts as told, one after the other; those that were asked for together. */
async function runs(texts: readonly number[], fails?: number) {
  const batches: number[][] = []
  const models = {
    decodeAll: async (programs: readonly DecodeProgram[]) => {
      batches.push(programs.map(({ seed }) => seed))
      if (batches.length === fails) throw new Error('no memory')
      return programs.map(({ seed }) => ({ text: `${seed}` }) as Decoded)
    },
  } as unknown as ModelPool
  const together = new WrittenTogether(models, { signal }, texts.length)
  const given = await Promise.allSettled(
    texts.map(async (count, run) => {
      try {
        const own: string[] = []
        for (let i = 0; i < count; i++) own.push((await together.decode(program(10 * run + i))).text)
        return own
      } finally {
        together.ended()
      }
    }),
  )
  return { batches, given: given.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))) }
}

it('what all runs that go on ask for is written together, and each gets its own', async () => {
  const { batches, given } = await runs([2, 1, 0, 3])
  expect(batches).toEqual([[0, 10, 30], [1, 31], [32]])
  expect(given).toEqual([['0', '1'], ['10'], [], ['30', '31', '32']])
})

it('what goes wrong goes wrong for those that asked', async () => {
  const { given } = await runs([2, 1], 2)
  expect(given).toEqual(['Error: no memory', ['10']])
})
