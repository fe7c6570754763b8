import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OwnedModelPool } from '../../models/pool'
import { createToyPool, quietCall, toyRef } from '../../models/testing'
import languageModel from '../ensemble/language-model'
import { runNode } from '../testing'
import search from './weak-to-strong-search'

const facts = readFileSync('resources/toys/eval/facts.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { prompt: string; answer: string })
  .filter((_, i) => i % 3 === 0)

describe('weak-to-strong search on the toys', () => {
  let pool: OwnedModelPool
  beforeAll(async () => {
    pool = await createToyPool()
  })
  afterAll(() => pool.close())

  it('a small pair that knows the facts makes a sampled larger model answer more of them', async () => {
    const models = {
      open: (ref: ReturnType<typeof toyRef>) => pool.open(ref),
      call: quietCall(),
      decode: (program: Parameters<OwnedModelPool['decode']>[0]) => pool.decode(program, quietCall()),
    }
    const share = async (node: typeof search, params: Record<string, unknown>): Promise<number> => {
      let right = 0
      for (const [seed, { prompt, answer }] of facts.entries()) {
        const inputs = { prompt: [{ role: 'user', content: prompt }] }
        const { outputs } = await runNode(node, { inputs, params, context: { models, seed } })
        if (outputs.text === answer) right++
      }
      return right / facts.length
    }
    const model = toyRef('toy-base')
    const alone = await share(languageModel, { model, temperature: 1, maxTokens: 8 })
    const pair = { tuned: toyRef('toy-draft-facts'), untuned: toyRef('toy-draft') }
    const searched = await share(search, { model, ...pair, chunk: 4, maxTokens: 8, beams: 2, expansions: 4 })
    expect(searched).toBeGreaterThan(alone + 0.1)
  })
})
