import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DecodeProgram } from './model'
import type { OwnedModelPool } from './pool'
import { createToyPool, quietCall, toyRef } from './testing'

const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 }

export const program = (model: string, text: string, more: Partial<DecodeProgram> = {}): DecodeProgram => ({
  expression: { op: 'lm', model: toyRef(model), prompt: { kind: 'text', text } },
  sampler: greedy,
  maxTokens: 24,
  stop: [],
  seed: 1,
  ...more,
})

describe('decoding with the toys through the model host', () => {
  let pool: OwnedModelPool
  beforeAll(async () => {
    pool = await createToyPool()
  })
  afterAll(() => pool.close())

  it('answers what the toy knows', async () => {
    const decoded = await pool.decode(program('toy-facts', 'q: what is the capital of france? a:'), quietCall())
    expect(decoded.text.trim()).toBe('paris')
    expect(decoded.finish).toBe('end')
    console.log(decoded)
  })
})
