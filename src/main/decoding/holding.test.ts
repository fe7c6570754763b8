import { describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import type { HeldToken, TokenAnswer, TokenCondition } from '../../shared/run/token-break'
import type { DecodeProgram } from '../models/model'
import { decode } from './decode'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { neutralSampler } from './sampler'

const letters = fakeVocabulary(['a', 'b', 'c', 'd', 'e', ''])
const models = {
  big: { vocabulary: letters, logits: (tokens: readonly number[]) => [...hashedLogits(3, 5)(tokens), -Infinity] },
  small: { vocabulary: letters, logits: (tokens: readonly number[]) => [...hashedLogits(2, 5)(tokens), -Infinity] },
}
const one = fakeLeaf('big', 'ab')
const mix: DistributionExpression = { op: 'linear-mix', inputs: { models: [one, fakeLeaf('small', 'ca')] }, params: {} }

/** Decodes, held where the conditions say; answers come from `answer`. Gives the text and what was seen at each pause. */
async function held(
  when: readonly TokenCondition[],
  answer: (held: HeldToken, pause: number) => TokenAnswer | Promise<TokenAnswer>,
  program: Partial<DecodeProgram> = {},
  signal = new AbortController().signal,
) {
  const pauses: { held: HeldToken; reason: string }[] = []
  const ask = async (token: HeldToken, reason: string) => {
    pauses.push({ held: token, reason })
    return answer(token, pauses.length)
  }
  const whole = { expression: mix, sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 12, stop: [], seed: 1, ...program }
  const decoded = await decode(whole, new FakeRuntime(models), { signal, ...(when.length > 0 ? { hold: { when, ask } } : {}) })
  return { text: decoded.text, decoded, pauses }
}
const goOn = () => ({ step: false })
const plain = async (program: Partial<DecodeProgram> = {}) => (await held([], goOn, program)).text

const programs: [string, Partial<DecodeProgram>][] = [
  ['one model', { expression: one }],
  ['an ensemble', {}],
  ['sampling', { sampler: neutralSampler, seed: 9 }],
  ['a drafter', { drafter: { drafter: 'ngram', params: { minCount: 1 } } }],
]

describe('a text that is held before tokens', () => {
  it.each(programs)('is the same as without a pause when it is let go on: %s', async (_, program) => {
    const { text, pauses } = await held([{ is: 'any' }], goOn, program)
    expect(text).toBe(await plain(program))
    expect(pauses).toHaveLength(12)
    expect(pauses.map(({ held: { token } }) => token.text).join('')).toBe(text)
  })

  it('shows the text so far, what is drawn, and what each model held likely', async () => {
    const text = await plain()
    const { pauses } = await held([{ is: 'number', at: 4 }], goOn)
    expect(pauses).toMatchObject([
      {
        reason: 'token 4 comes next',
        held: { text: text.slice(0, 3), tokens: 3, token: { text: text[3] }, sources: [{ name: 'big' }, { name: 'small' }] },
      },
    ])
    const { lists, choices, token } = pauses[0]!.held
    expect(lists.top[0]?.[0]).toBe(text[3])
    expect(lists.top.reduce((sum, [, p]) => sum + p, 0)).toBeCloseTo(1, 5)
    expect(lists.sourceTop.map((top) => top.length > 0)).toEqual([true, true])
    expect([...choices].sort()).toEqual(['a', 'b', 'c', 'd', 'e', '⏹'])
    expect(token.entropy).toBeGreaterThan(0)
  })

  it('goes on with the token that was chosen, exactly as if the text had begun so', async () => {
    const text = await plain()
    for (const [name, program] of [programs[0]!, programs[1]!, programs[3]!]) {
      const own = await plain(program)
      const other = [...'abcde'].find((letter) => letter !== own[4])!
      const chosen = await held([{ is: 'number', at: 5 }], () => ({ choice: other, step: false }), program)
      expect(chosen.text, name).toBe(await plain({ ...program, prefix: own.slice(0, 4) + other }))
      expect(chosen.text.slice(0, 5)).toBe(own.slice(0, 4) + other)
    }
    expect(text).toHaveLength(12)
  })

  it('steps token by token until it is let go on', async () => {
    const { pauses } = await held([{ is: 'number', at: 3 }], (_, pause) => ({ step: pause < 3 }))
    expect(pauses.map(({ held: { tokens }, reason }) => [tokens, reason])).toEqual([
      [2, 'token 3 comes next'],
      [3, 'token by token'],
      [4, 'token by token'],
    ])
  })

  it('may be ended by choosing the end', async () => {
    const { decoded } = await held([{ is: 'number', at: 3 }], () => ({ choice: '⏹', step: false }))
    expect([decoded.tokens, decoded.finish]).toEqual([2, 'end'])
  })

  it('writes what was drawn where a choice is none of those offered', async () => {
    expect((await held([{ is: 'number', at: 3 }], () => ({ choice: 'nowhere', step: false }))).text).toBe(await plain())
  })

  it('pauses where the models favour different tokens, and where the entropy is high', async () => {
    const all = await held([{ is: 'any' }], goOn)
    const apart = all.pauses.filter(({ held: { token } }) => token.disagree).map(({ held: { tokens } }) => tokens)
    expect(apart.length).toBeGreaterThan(0)
    expect((await held([{ is: 'disagree' }], goOn)).pauses.map(({ held: { tokens } }) => tokens)).toEqual(apart)
    const entropies = all.pauses.map(({ held: { token } }) => token.entropy ?? 0)
    const above = [...entropies].sort((a, b) => a - b)[6]!
    const unsure = await held([{ is: 'unsure', above }], goOn)
    expect(unsure.pauses.map(({ held: { tokens } }) => tokens)).toEqual(entropies.flatMap((h, i) => (h > above ? [i] : [])))
  })

  it('keeps a trace that says what was written', async () => {
    const { decoded } = await held(
      [{ is: 'number', at: 2 }],
      ({ choices, token }) => ({
        choice: choices.find((text) => text !== token.text && text !== '⏹'),
        step: false,
      }),
      { trace: { topK: 3 } },
    )
    expect(decoded.trace?.steps.map(({ text }) => text).join('')).toBe(decoded.text)
  })

  it('stops within the pause', async () => {
    const stop = new AbortController()
    const waits = held(
      [{ is: 'any' }],
      () =>
        new Promise((_, reject) => {
          stop.signal.addEventListener('abort', () => reject(stop.signal.reason))
          setTimeout(() => stop.abort(new Error('stopped')), 1)
        }),
      {},
      stop.signal,
    )
    await expect(waits).rejects.toThrow('stopped')
  })
})
