import { describe, expect, it } from 'vitest'
import { createFakePool, fakeRef } from './fake'
import type { DecodeProgram } from './model'

const call = { signal: new AbortController().signal }
const program = (text: string, more: Partial<DecodeProgram> = {}): DecodeProgram => ({
  expression: { op: 'lm', model: fakeRef(), prompt: { kind: 'text', text } },
  sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  maxTokens: 10,
  stop: [],
  seed: 0,
  ...more,
})

describe('the fake model', () => {
  it('continues with its five words and ends', async () => {
    const decoded = await createFakePool().decode(program(''), call)
    expect(decoded).toMatchObject({ text: ' the cat sat down .', tokens: 5, finish: 'end' })
  })

  it('stops at the limit and before a stop string', async () => {
    expect(await createFakePool().decode(program('', { maxTokens: 2 }), call)).toMatchObject({ text: ' the cat', finish: 'length' })
    expect(await createFakePool().decode(program('', { stop: ['sat'] }), call)).toMatchObject({ text: ' the cat ', finish: 'stop' })
  })

  it('answers from a script, streams it, and records what it was asked', async () => {
    const pool = createFakePool({ answer: (prompt) => (prompt === 'hi' ? ['hel', 'lo'] : undefined) })
    const deltas: string[] = []
    const decoded = await pool.decode(program('hi'), { ...call, onToken: ({ text }) => deltas.push(text) })
    expect(decoded.text).toBe('hello')
    expect(deltas).toEqual(['hel', 'lo'])
    expect(pool.calls.map(({ method, model }) => [method, model])).toEqual([['decode', 'fake']])
  })

  it('gives probabilities that one can work out by hand', async () => {
    const model = await createFakePool().open(fakeRef())
    const tokens = await model.surprisal('the cat', call)
    expect(tokens.map(({ text }) => text)).toEqual(['the', ' cat'])
    const sum = [-9, 2, 0, 0, -1, -9].reduce((total, logit) => total + Math.exp(logit), 0)
    expect(tokens[1]?.nats).toBeCloseTo(Math.log(sum) - 2, 12)
    const [score] = await model.scoreContinuations({ prompt: { kind: 'text', text: 'the' }, continuations: [' cat'] }, call)
    expect(score?.logprob).toBeCloseTo(-(tokens[1]?.nats as number), 12)
  })

  it('keeps the text in its tokens', async () => {
    const model = await createFakePool().open(fakeRef())
    for (const text of ['', ' ', 'the cat, sat', 'a\n\nb ']) {
      expect((await model.surprisal(text, call)).map((token) => token.text).join('')).toBe(text)
    }
  })

  it('stops when told', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(createFakePool().decode(program(''), { signal })).rejects.toThrow('stop')
  })
})
