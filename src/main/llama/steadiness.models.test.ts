import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DistributionExpression, DrafterExpression } from '../../shared/expression'
import type { Decoded, DecodeProgram } from '../models/model'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, starterFolder, toyProgram, toyRef } from '../models/testing'

const starter = join(starterFolder(), 'SmolLM2-135M-Instruct.Q4_1.gguf')
const starterRef = { backend: 'llama-cpp' as const, id: starter, name: 'SmolLM2' }
const sentence = 'the red key is in oslo. the blue cup is in rome. the old map of paris is lost. '
const textOf = (words: number): string =>
  sentence
    .repeat(Math.ceil(words / 18))
    .split(' ')
    .slice(0, words)
    .join(' ')

type LeafExpression = Extract<DistributionExpression, { op: 'lm' }>

/** Every number of a decoding that a person can see, to the last bit. */
const seen = ({ text, trace }: Decoded): unknown => [text, trace?.steps.map(({ text, logprob }) => [text, logprob])]

describe('the same program gives the same numbers', () => {
  let pool: OwnedModelPool
  beforeAll(async () => {
    pool = await createToyPool({ threads: 1 })
  })
  afterAll(() => pool.close())

  const programs = (model: LeafExpression, words: number, tokens: number) => {
    const base: DecodeProgram = {
      ...toyProgram('toy-facts', ''),
      expression: { ...model, prompt: { kind: 'text', text: textOf(words) } },
      maxTokens: tokens,
      trace: { topK: 2 },
    }
    const drafted = (drafter: DrafterExpression): DecodeProgram => ({ ...base, drafter })
    return {
      base,
      drafted,
      longer: { ...base, expression: { ...model, prompt: { kind: 'text' as const, text: `${textOf(words)} and so` } } },
    }
  }

  async function check(model: LeafExpression, words: number, tokens: number): Promise<void> {
    const { base, drafted, longer } = programs(model, words, tokens)
    const run = async (program: DecodeProgram): Promise<unknown> => seen(await pool.decode(program, quietCall()))
    const first = await run(base)
    expect(await run(base), 'repeated').toEqual(first)
    const drafters: DrafterExpression[] = [
      { drafter: 'prompt-lookup', params: {} },
      { drafter: 'ngram', params: {} },
      { drafter: 'model', model: model.model, params: {} },
    ]
    for (const drafter of drafters) {
      expect(await run(drafted(drafter)), drafter.drafter).toEqual(first)
    }
    await run(longer)
    expect(await run(base), 'after a longer prompt').toEqual(first)
    const [beside] = await Promise.all([run(base), run(longer), run(toyProgram('toy-math', 'q: 3 + 4? a:'))])
    expect(beside, 'beside others').toEqual(first)
  }

  const toy = { op: 'lm' as const, model: toyRef('toy-facts'), prompt: { kind: 'text' as const, text: '' } }
  it.each([4, 30, 40, 50, 90])('with a toy, whatever is cached, drafted or running, after %i words', async (words) => {
    await check(toy, words, 40)
  })

  it.skipIf(!existsSync(starter)).each([6, 55, 64, 110, 440])(
    'with SmolLM2, whatever is cached, drafted or running, after %i words',
    async (words) => {
      await check({ ...toy, model: starterRef }, words, words > 400 ? 8 : 16)
    },
  )

  it('drafted greedily as plainly, on two hundred prompts', async () => {
    const names = ['oslo', 'rome', 'paris', 'france', 'key', 'cup', 'map', 'red', 'blue', 'old']
    const prompts = names.flatMap((a) => names.flatMap((b) => [`the ${a} is in ${b}. the ${a} is`, `q: where is the ${a} of ${b}? a:`]))
    for (const text of prompts) {
      const program = { ...toyProgram('toy-facts', text), maxTokens: 12 }
      const plain = await pool.decode(program, quietCall())
      const guessed = await pool.decode(
        { ...program, drafter: { drafter: 'model', model: toyRef('toy-draft-facts'), params: {} } },
        quietCall(),
      )
      expect([guessed.text, guessed.logprob]).toEqual([plain.text, plain.logprob])
    }
  })
})
