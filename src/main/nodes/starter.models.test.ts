import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entailment, ModelRef } from '../../shared/value'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, starterFolder } from '../models/testing'
import { createJudge, type Judge } from './cooperation/judge'
import { testContext } from './testing'

/** The starter model as a judge, where it was fetched: a model of 135M parameters cannot say whether evidence supports a claim, but it shows it. */
const path = join(starterFolder(), 'SmolLM2-135M-Instruct.Q4_1.gguf')

const supported = [
  ['The crossing takes 50 minutes.', 'The ferry crossing takes 50 minutes.'],
  ['The lighthouse at Candle Point was built in 1871 by the engineer Ada Quillan.', 'The lighthouse was built in 1871.'],
  ["Tarrow Blue is a hard blue cheese made of sheep's milk.", "Tarrow Blue is made of sheep's milk."],
  ['About 700 grey seals live around Tarrow Island.', 'About 700 seals live around the island.'],
  ['Of 37 boats 35 came home.', '35 boats came home.'],
  ['The school in Velm has 168 pupils between six and sixteen.', 'The school has 168 pupils.'],
] as const
const unsupported = [
  ['The crossing takes 50 minutes.', 'The ferry crossing takes two hours.'],
  ['The lighthouse at Candle Point was built in 1871 by the engineer Ada Quillan.', 'The harbour has two piers.'],
  ["Tarrow Blue is a hard blue cheese made of sheep's milk.", "Tarrow Blue is made of cow's milk."],
  ['About 700 grey seals live around Tarrow Island.', 'The doctor is called Okoro.'],
  ['Of 37 boats 35 came home.', 'All boats were lost.'],
  ['It is closed on Mondays.', 'The bakery opens at seven.'],
] as const

describe.skipIf(!existsSync(path))('the starter model as a judge', () => {
  let pool: OwnedModelPool
  let judge: Judge
  beforeAll(async () => {
    pool = await createToyPool()
    const ref: ModelRef = { backend: 'llama-cpp', id: path, name: 'smollm2', sizeBytes: statSync(path).size }
    const unused = () => Promise.reject(new Error('nothing is written'))
    const models = { open: () => pool.open(ref), call: quietCall(), decode: unused, decodeAll: unused }
    judge = await createJudge(ref, { format: 'auto', calibrate: false }, testContext({ models }))
  })
  afterAll(() => pool.close())

  it('by what the evidence explains ranks support above the rest, and the default threshold parts them', async () => {
    const opinions = async (pairs: readonly (readonly [string, string])[]) => {
      const found: Entailment[] = []
      for (const [evidence, claim] of pairs) found.push(await judge(evidence, claim))
      return found.map(({ entailment }) => entailment)
    }
    const [yes, no] = [await opinions(supported), await opinions(unsupported)]
    const pairs = yes.flatMap((a) => no.map((b) => Number(a > b)))
    expect(pairs.reduce((sum, value) => sum + value, 0) / pairs.length).toBeGreaterThanOrEqual(0.9)
    const right = yes.filter((value) => value > 0.5).length + no.filter((value) => value <= 0.5).length
    expect(right).toBeGreaterThanOrEqual(10)
  })
})
