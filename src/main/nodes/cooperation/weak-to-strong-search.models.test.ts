import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../models/model'
import type { OwnedModelPool } from '../../models/pool'
import { createToyPool, quietCall, toyRef } from '../../models/testing'
import languageModel from '../ensemble/language-model'
import { runNode } from '../testing'
import search from './weak-to-strong-search'

const rowsOf = (name: string) =>
  readFileSync(`resources/toys/eval/${name}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { prompt: string; answer: string })
const facts = rowsOf('facts').filter((_, i) => i % 3 === 0)

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
      decodeAll: (programs: Parameters<OwnedModelPool['decodeAll']>[0]) => pool.decodeAll(programs, quietCall()),
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

  it('reads a prompt once for all its continuations, and again for none of them; so does best of n', async () => {
    const reads: number[] = []
    const call = {
      ...quietCall(),
      onEvent: (event: ModelEvent) => {
        if (event.type === 'usage') reads.push(event.usage.promptTokens - event.usage.reusedTokens)
      },
    }
    const models = {
      open: (ref: ReturnType<typeof toyRef>) => pool.open(ref),
      call,
      decode: (program: Parameters<OwnedModelPool['decode']>[0]) => pool.decode(program, call),
      decodeAll: (programs: Parameters<OwnedModelPool['decodeAll']>[0]) => pool.decodeAll(programs, call),
    }
    const long = `${rowsOf('story')
      .slice(0, 4)
      .map((story) => `${story.prompt} ${story.answer}`)
      .join(' ')} story: one day a`
    const prompt = [{ role: 'user', content: long }]
    const tokens = (await (await pool.open(toyRef('toy-polite'))).tokenize(long, call)).length
    const model = toyRef('toy-polite')
    await runNode(languageModel, { inputs: { prompt }, params: { model, temperature: 1, maxTokens: 8, samples: 6 }, context: { models } })
    const whole = (read: number): boolean => read >= tokens - 2
    expect(reads).toHaveLength(6)
    expect(reads.map(whole)).toEqual([true, false, false, false, false, false])
    expect(reads.slice(1)).toEqual([2, 2, 2, 2, 2])
    reads.length = 0
    const pair = { tuned: toyRef('toy-draft-facts'), untuned: toyRef('toy-draft') }
    const params = { model: toyRef('toy-base'), ...pair, chunk: 4, maxTokens: 16, beams: 2, expansions: 3 }
    await runNode(search, { inputs: { prompt }, params, context: { models } })
    // the writer and each of the pair: once; after that only what was written since
    expect(reads.length).toBeGreaterThan(12)
    expect(reads.filter(whole), `${reads}`).toHaveLength(3)
  })
})
