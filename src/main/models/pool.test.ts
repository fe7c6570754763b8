import { expect, it } from 'vitest'
import { FakeBackend, fakeRef } from './fake'
import type { Decoded, DecodeProgram, ModelEvent } from './model'
import { poolOf } from './pool'

const program = (name: string, maxTokens: number): DecodeProgram => ({
  expression: { op: 'lm', model: fakeRef(name), prompt: { kind: 'text', text: 'the' } },
  sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  maxTokens,
  stop: [],
  seed: 1,
})
const call = { signal: new AbortController().signal }

it('programs of the same models go to a backend that decodes side by side in one call, others one by one', async () => {
  const asked: number[] = []
  const backend = Object.assign(new FakeBackend(), {
    decodeAll: async (programs: readonly DecodeProgram[]): Promise<Decoded[]> => {
      asked.push(programs.length)
      return Promise.all(programs.map((one) => backend.decode(one, call)))
    },
  })
  const pool = poolOf({ fake: backend })
  const texts = async (programs: readonly DecodeProgram[]) => (await pool.decodeAll(programs, call)).map(({ text }) => text)
  expect(await texts([program('a', 1), program('a', 2)])).toEqual([' cat', ' cat sat'])
  expect(asked).toEqual([2])
  expect(await texts([program('a', 2), program('b', 1)])).toEqual([' cat sat', ' cat'])
  expect(asked).toEqual([2])
  expect(await texts([])).toEqual([])
  const told: ModelEvent[] = []
  const onEvent = (event: ModelEvent) => event.type === 'texts-progress' && told.push(event)
  await pool.decodeAll([program('a', 2), program('b', 1)], { ...call, onEvent })
  await pool.decodeAll([program('a', 2)], { ...call, onEvent })
  expect(told).toEqual([0, 1, 2].map((done) => ({ type: 'texts-progress', done, total: 2 })))
  expect(await poolOf({ fake: new FakeBackend() }).decodeAll([program('a', 1)], call)).toMatchObject([{ text: ' cat' }])
})
