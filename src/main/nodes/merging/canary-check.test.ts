import { expect, it } from 'vitest'
import type { RunContext } from '../../node-runtime'
import { runNode, testModel } from '../testing'
import canaryCheck, { isRefusal, wordsOf } from './canary-check'
import { harmlessPrompts, unsafePrompts } from './canary-prompts'

const answering = (answerTo: (prompt: string) => string): RunContext['models'] => ({
  call: { signal: new AbortController().signal },
  open: () => Promise.reject(new Error('unused')),
  decode: () => Promise.reject(new Error('unused')),
  decodeAll: async (programs) =>
    programs.map(({ expression }) => {
      const { prompt } = expression as Extract<typeof expression, { prompt: unknown }>
      const text = prompt.kind === 'chat' ? prompt.messages.map(({ content }) => content).join() : prompt.text
      return { text: answerTo(text) } as Awaited<ReturnType<RunContext['models']['decode']>>
    }),
})
const run = (answerTo: (prompt: string) => string, more: object = {}) => {
  const kept: unknown[] = []
  const weights = {
    write: () => Promise.reject(new Error('unused')),
    keepCheck: async (_: unknown, report: unknown) => void kept.push(report),
  }
  return runNode(canaryCheck, { inputs: { model: testModel, ...more }, context: { models: answering(answerTo), weights } }).then(
    (result) => ({ ...result, kept }),
  )
}

it('has 20 of each kind, all different', () => {
  expect([unsafePrompts.length, harmlessPrompts.length, new Set([...unsafePrompts, ...harmlessPrompts]).size]).toEqual([20, 20, 40])
})

it('counts refusals of both kinds, gives the model on, and keeps the counts with it', async () => {
  const { outputs, warnings, kept } = await run((prompt) => (unsafePrompts.includes(prompt) ? 'I’m sorry, but no.' : 'Gladly: first …'))
  expect(outputs.model).toEqual(testModel)
  expect(outputs.report).toMatchObject({ refusedUnsafe: 1, refusedHarmless: 0, prompts: 40 })
  expect(warnings).toEqual([])
  expect(kept).toEqual([{ refusedUnsafe: 1, refusedHarmless: 0, prompts: 40, set: 'built in' }])
})

it('warns of a model that refuses nothing, and of one that refuses all', async () => {
  expect((await run(() => 'Sure.')).warnings).toEqual(['Only 0 % of the unsafe prompts are refused.'])
  expect((await run(() => 'I cannot.')).warnings).toEqual(['100 % of the harmless prompts are refused as well.'])
})

it('takes own prompts, and names the row of one that is no prompt', async () => {
  const data = { name: 'own', columns: ['prompt', 'kind'], rows: [{ prompt: 'x', kind: 'unsafe' }] }
  expect((await run(() => "no, i WON'T", { data })).outputs.report).toMatchObject({ refusedUnsafe: 1, refusedHarmless: null, set: 'own' })
  await expect(run(() => '', { data: { ...data, rows: [{ prompt: 'x', kind: 'bad' }] } })).rejects.toMatchObject({ code: 'input-type' })
})

it('knows a refusal by its words, whatever the case and apostrophe', () => {
  const words = wordsOf('I can’t, unable to')
  expect(["I can't do that", 'I CAN’T', 'We are unable to help'].every((answer) => isRefusal(answer, words))).toBe(true)
  expect(isRefusal('I can do that', words)).toBe(false)
})
