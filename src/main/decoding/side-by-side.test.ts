import { describe, expect, it } from 'vitest'
import { TributaryError } from '../../shared/errors'
import type { DistributionExpression } from '../../shared/expression'
import type { DecodeProgram, ModelEvent } from '../models/model'
import { decode, decodeAll } from './decode'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { mostSideBySide, sideBySide } from './side-by-side'
import type { OpenRequest, Runtime, TokenSequence } from './source'

const vocabulary = fakeVocabulary(['', ...'abcdefgh'])
const model = { vocabulary, logits: hashedLogits(3, vocabulary.size) }
const { signal } = new AbortController()
const newRuntime = () => new FakeRuntime({ one: model, two: { vocabulary, logits: hashedLogits(4, vocabulary.size) } })

const program = (expression: DistributionExpression | string, more: Partial<DecodeProgram> = {}): DecodeProgram => ({
  expression: typeof expression === 'string' ? fakeLeaf('one', expression) : expression,
  sampler: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  maxTokens: 12,
  stop: ['dd'],
  seed: 1,
  trace: { topK: 2 },
  ...more,
})
const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `${'abcdefgh'.slice(i % 8)}${'gfe'.slice(0, i % 3)}a`)

describe('programs side by side', () => {
  const seen = ({ text, finish, logprob, trace }: Awaited<ReturnType<typeof decode>>) => ({ text, finish, logprob, trace })

  it('each give what they give alone, at their places, while one batch serves all: ends, stops and limits leave it one by one', async () => {
    const programs = texts(13).map((text, i) => program(text, { seed: i, maxTokens: 1 + i }))
    const runtime = newRuntime()
    const together = await decodeAll(programs, runtime, { signal })
    const alone = await Promise.all(programs.map((one) => decode(one, newRuntime(), { signal })))
    expect(together.map(seen)).toEqual(alone.map(seen))
    expect(new Set(alone.map(({ finish }) => finish))).toEqual(new Set(['end', 'stop', 'length']))
    expect(runtime.calls.length).toBe(Math.max(...alone.map(({ usage }) => usage.passes)))
    const batches = runtime.calls.map(({ length }) => length)
    expect(batches).toEqual(batches.toSorted((a, b) => b - a))
    expect(batches[0]).toBe(13)
    expect(batches.reduce((sum, length) => sum + length)).toBe(alone.reduce((sum, { usage }) => sum + usage.passes, 0))
  })

  it('come in waves of like length, as even as can be', async () => {
    const runtime = newRuntime()
    await decodeAll(
      texts(2 * mostSideBySide + 3).map((text) => program(text, { maxTokens: 1 })),
      runtime,
      { signal },
    )
    expect(runtime.calls.map(({ length }) => length)).toEqual([12, 12, 11])
    const lengths = runtime.calls.map((batch) => batch.map(({ tokens }) => tokens))
    expect(Math.max(...(lengths[0] as number[]))).toBeLessThanOrEqual(Math.min(...(lengths[1] as number[])))
    expect(runtime.opened.every(({ sideBySide }) => sideBySide)).toBe(true)
  })

  it('are as many at a time as the memory holds', async () => {
    const runtime = Object.assign(newRuntime(), { fitting: (lists: readonly (readonly OpenRequest[])[]) => Math.min(3, lists.length) })
    const programs = texts(8).map((text) => program(text, { maxTokens: 1 }))
    expect((await decodeAll(programs, runtime, { signal })).map(({ tokens }) => tokens)).toEqual(programs.map(() => 1))
    expect(runtime.calls.map(({ length }) => length)).toEqual([3, 3, 2])
  })

  it('that branch, or read two texts with one model, have the batch for themselves', async () => {
    const runtime = newRuntime()
    const pair: DistributionExpression = {
      op: 'linear-mix',
      inputs: { models: [fakeLeaf('one', 'ab'), fakeLeaf('one', 'cd')] },
      params: {},
    }
    const two: DistributionExpression = { op: 'linear-mix', inputs: { models: [fakeLeaf('one', 'ab'), fakeLeaf('two', 'ab')] }, params: {} }
    const programs = [pair, two, two, pair].map((expression) => program(expression, { maxTokens: 2, stop: [] }))
    const together = await decodeAll(programs, runtime, { signal })
    expect(together.map(seen)).toEqual((await Promise.all(programs.map((one) => decode(one, newRuntime(), { signal })))).map(seen))
    expect(runtime.calls[0]?.map((one) => one.model)).toEqual(['one', 'two', 'one', 'two'])
    expect(runtime.calls.slice(-2).map((batch) => batch.map((one) => one.model))).toEqual([
      ['one', 'one'],
      ['one', 'one'],
    ])
    expect(runtime.opened.map(({ sideBySide = false }) => sideBySide)).toEqual([true, true, true, true, false, false, false, false])
  })

  it('tell how many are done: none at first, more with each batch in which some end, all at the end; one alone is not counted', async () => {
    const told: number[] = []
    const runtime = newRuntime()
    const onEvent = (event: ModelEvent): void => {
      if (event.type !== 'texts-progress') return
      expect(event.total).toBe(20)
      told.push(event.done)
    }
    const programs = texts(20).map((text, i) => program(text, { maxTokens: 1 + (i % 4), stop: [] }))
    const all = await decodeAll(programs, runtime, { signal, onEvent })
    expect(told[0]).toBe(0)
    expect(told.at(-1)).toBe(20)
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b))
    // two waves of ten, of which some end after each token
    expect(told.length).toBeGreaterThan(4)
    expect(told.length).toBeLessThanOrEqual(1 + runtime.calls.length)
    expect(Math.max(...all.map(({ tokens }) => tokens))).toBe(4)
    await decodeAll(programs.slice(0, 1), newRuntime(), { signal, onEvent: ({ type }) => expect(type).not.toBe('texts-progress') })
  })

  it('share the time that passes', async () => {
    const runtime = newRuntime()
    const before = runtime.now()
    const all = await decodeAll(
      texts(9).map((text) => program(text)),
      runtime,
      { signal },
    )
    const passed = runtime.now() - before
    expect(all.reduce((sum, { usage }) => sum + usage.promptMs + usage.decodeMs, 0)).toBeLessThanOrEqual(passed)
  })
})

describe('what goes wrong side by side', () => {
  const read = async (own: Runtime): Promise<TokenSequence> => {
    const request = { model: { backend: 'fake', id: 'one', name: 'one' } as const, prompt: [1], capacity: 4, branches: 0 }
    const [sequence] = (await own.open([request], signal)) as [TokenSequence]
    await own.evaluate([{ sequence, tokens: [1], rows: [] }], { signal })
    return sequence
  }

  it('in one row is told with its number, and stops the others within an evaluation', async () => {
    const went: number[] = []
    const failed = sideBySide(newRuntime(), {
      lengths: texts(5).map(() => 1),
      signal,
      work: async (own, i) => {
        const sequence = await read(own)
        if (i === 3) throw new TributaryError('logits-invalid', 'It is broken.', { hint: 'mend it', place: { port: 'p' } })
        for (let step = 0; step < 2; step++) {
          await own.evaluate([{ sequence, tokens: [2], rows: [] }], { signal })
          went.push(i)
        }
      },
    })
    await expect(failed).rejects.toMatchObject({
      code: 'logits-invalid',
      message: 'Row 4 of 5: It is broken.',
      hint: 'mend it',
      place: { port: 'p' },
    })
    expect(went).toEqual([])
  })

  it('in the one row that there is, or in what is asked for all, needs no number', async () => {
    const broken = async () => {
      throw new TributaryError('input-missing', 'It is empty.')
    }
    await expect(sideBySide(newRuntime(), { lengths: [1], signal, work: broken })).rejects.toThrow(/^It is empty/)
    const full = Object.assign(newRuntime(), {
      open: () => Promise.reject(new TributaryError('out-of-memory', 'There is no memory.')),
    })
    await expect(sideBySide(full, { lengths: [1, 1, 1], signal, work: read })).rejects.toThrow(/^There is no memory/)
  })

  it('a stop ends all with its reason, in the wave that runs and before the next', async () => {
    const stop = new AbortController()
    const begun = new Set<number>()
    const stopped = sideBySide(newRuntime(), {
      lengths: texts(40).map(() => 1),
      signal: stop.signal,
      work: async (own, i) => {
        begun.add(i)
        const sequence = await read(own)
        if (i === 2) stop.abort(new Error('enough'))
        await own.evaluate([{ sequence, tokens: [2], rows: [] }], { signal })
        throw new Error('it went on')
      },
    })
    await expect(stopped).rejects.toThrow('enough')
    expect(begun.size).toBeLessThanOrEqual(mostSideBySide)
  })

  it('no rows are no work', async () => {
    expect(await sideBySide(newRuntime(), { lengths: [], signal, work: read })).toEqual([])
  })
})
