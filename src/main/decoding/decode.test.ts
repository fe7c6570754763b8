import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DistributionExpression, DrafterExpression } from '../../shared/expression'
import type { Decoded, DecodeProgram } from '../models/model'
import { decode } from './decode'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { neutralSampler } from './sampler'

const letters = fakeVocabulary(['a', 'b', 'c', 'd', 'e', ''])
const models = {
  big: { vocabulary: letters, logits: hashedLogits(1, 6) },
  small: { vocabulary: letters, logits: hashedLogits(2, 6) },
  /** agrees with `big` most of the time */
  near: {
    vocabulary: letters,
    logits: (tokens: readonly number[]) => hashedLogits(1, 6)(tokens).map((x, v) => x + 0.8 * Math.sin(7 * v + tokens.length)),
  },
  /** never ends */
  endless: { vocabulary: letters, logits: (tokens: readonly number[]) => [...hashedLogits(3, 5)(tokens), -Infinity] },
}
const greedy = { ...neutralSampler, temperature: 0 }
const run = (
  program: Partial<DecodeProgram> & { expression: DistributionExpression },
  runtime = new FakeRuntime(models),
): Promise<Decoded> =>
  decode({ sampler: greedy, maxTokens: 40, stop: [], seed: 1, ...program }, runtime, { signal: new AbortController().signal })

const mix: DistributionExpression = { op: 'linear-mix', inputs: { models: [fakeLeaf('big', 'abc'), fakeLeaf('small', 'cab')] }, params: {} }
const gated: DistributionExpression = { op: 'gate', inputs: { leader: fakeLeaf('big', 'a'), other: mix }, params: { threshold: 0.5 } }
const steered: DistributionExpression = {
  op: 'class-bayes',
  inputs: { of: fakeLeaf('big', 'abc'), desired: fakeLeaf('small', 'a'), undesired: fakeLeaf('near', 'b') },
  params: { strength: 2 },
}

describe('plain decoding', () => {
  it('takes the likeliest token after each prefix when greedy', async () => {
    const { text, tokens, finish } = await run({ expression: fakeLeaf('endless', 'ab'), maxTokens: 12 })
    const expected: number[] = [0, 1]
    for (let i = 0; i < 12; i++) {
      const logits = models.endless.logits(expected)
      expected.push(logits.indexOf(Math.max(...logits)))
    }
    expect(text).toBe(
      expected
        .slice(2)
        .map((token) => 'abcde'[token])
        .join(''),
    )
    expect([tokens, finish]).toEqual([12, 'length'])
  })

  it('repeats itself for equal seeds and differs for others', async () => {
    const expression = fakeLeaf('endless', 'ab')
    const texts = await Promise.all([7, 7, 8].map((seed) => run({ expression, seed, sampler: neutralSampler }).then(({ text }) => text)))
    expect(texts[0]).toBe(texts[1])
    expect(texts[0]).not.toBe(texts[2])
  })

  it('adds up the log-probabilities of its tokens under the expression, before the sampler', async () => {
    const { logprob, tokens } = await run({ expression: fakeLeaf('endless', 'ab'), maxTokens: 3, sampler: { ...neutralSampler, topK: 1 } })
    const held = [0, 1]
    let sum = 0
    for (let i = 0; i < tokens; i++) {
      const logits = models.endless.logits(held)
      const best = logits.indexOf(Math.max(...logits))
      sum += (logits[best] as number) - Math.log(logits.reduce((total, x) => total + Math.exp(x), 0))
      held.push(best)
    }
    expect(logprob).toBeCloseTo(sum, 5)
  })

  it('reads each prompt once and then one token a pass, all leaves in one call', async () => {
    const runtime = new FakeRuntime(models)
    const { usage } = await run({ expression: mix, maxTokens: 5, sampler: { ...neutralSampler, minP: 1 } }, runtime)
    expect(usage).toMatchObject({ promptTokens: 6, tokens: usage.tokens, drafted: 0 })
    expect(runtime.calls[0]).toEqual([
      { model: 'big', tokens: 3, rows: 1 },
      { model: 'small', tokens: 3, rows: 1 },
    ])
    for (const call of runtime.calls.slice(1)) expect(call.map(({ tokens }) => tokens)).toEqual([1, 1])
    expect(usage.passes).toBe(runtime.calls.length)
  })

  it('reads equal leaves once', async () => {
    const runtime = new FakeRuntime(models)
    const twice: DistributionExpression = { op: 'linear-mix', inputs: { models: [fakeLeaf('big', 'a'), fakeLeaf('big', 'a')] }, params: {} }
    expect((await run({ expression: twice }, runtime)).text).toBe((await run({ expression: fakeLeaf('big', 'a') })).text)
    expect(runtime.opened).toHaveLength(1)
  })

  it('asks what lies behind a gate only where the leader is unsure, and lets it catch up', async () => {
    const runtime = new FakeRuntime(models)
    const { tokens } = await run({ expression: gated, maxTokens: 30 }, runtime)
    const asked = runtime.calls.filter((call) => call.some(({ model }) => model === 'small')).length
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(tokens)
    const read = runtime.calls.flat().filter(({ model }) => model === 'small')
    expect(Math.max(...read.slice(1).map(({ tokens: n }) => n))).toBeGreaterThan(1)
  })

  it('stops between two tokens when it is told to', async () => {
    const controller = new AbortController()
    const runtime = new FakeRuntime(models)
    const running = decode({ expression: fakeLeaf('endless', 'a'), sampler: greedy, maxTokens: 1000, stop: [], seed: 1 }, runtime, {
      signal: controller.signal,
      onToken: () => runtime.calls.length === 5 && controller.abort(new Error('enough')),
    })
    await expect(running).rejects.toThrow('enough')
    expect(runtime.calls).toHaveLength(5)
  })

  it('writes a trace with one step a token: who decided, what else was likely', async () => {
    const { trace, tokens } = await run({ expression: mix, maxTokens: 6, trace: { topK: 2 } })
    expect(trace?.sources).toEqual(['big', 'small'])
    expect(trace?.steps).toHaveLength(tokens)
    for (const step of trace?.steps ?? []) {
      expect(step.top[0]?.[0]).toBe(step.text)
      expect(step.sourceTop.map((top) => top.length)).toEqual([2, 2])
      expect(step.top[0]?.[1]).toBeCloseTo(Math.exp(step.logprob), 6)
      expect(step.entropy).toBeGreaterThan(0)
    }
  })
})

describe('what is refused before a token is drawn', () => {
  const codeOf = (program: Parameters<typeof run>[0]): Promise<string> =>
    run(program, new FakeRuntime(strange)).then(
      () => 'none',
      (error) => error.code ?? error.message,
    )
  const strange = {
    ...models,
    other: { vocabulary: fakeVocabulary(['a', 'b', '']), logits: hashedLogits(4, 3) },
    tiny: { vocabulary: letters, logits: hashedLogits(5, 6), contextTokens: 3 },
    rigid: { vocabulary: letters, logits: hashedLogits(5, 6), canTruncate: false },
    broken: { vocabulary: letters, logits: () => [0, NaN, 0, 0, 0, 0] },
    void: { vocabulary: letters, logits: () => Array(6).fill(-Infinity) as number[] },
  }
  const mixOf = (...ids: string[]): DistributionExpression => ({
    op: 'linear-mix',
    inputs: { models: ids.map((id) => fakeLeaf(id, 'a')) },
    params: {},
  })

  it('names the fault', async () => {
    expect(await codeOf({ expression: mixOf('big', 'other') })).toBe('vocabulary-mismatch')
    expect(await codeOf({ expression: fakeLeaf('tiny', 'abc') })).toBe('context-overflow')
    expect(await codeOf({ expression: fakeLeaf('absent', 'abc') })).toBe('model-missing')
    expect(await codeOf({ expression: fakeLeaf('big', '') })).toBe('input-missing')
    expect(await codeOf({ expression: mixOf() })).toBe('input-missing')
    expect(await codeOf({ expression: { op: 'no-such', inputs: {}, params: {} } })).toBe('not-found')
    expect(await codeOf({ expression: fakeLeaf('broken', 'a') })).toBe('logits-invalid')
    expect(await codeOf({ expression: fakeLeaf('void', 'a') })).toBe('distribution-empty')
    expect(await codeOf({ expression: fakeLeaf('big', 'a'), maxTokens: 0 })).toBe('input-type')
    expect(await codeOf({ expression: fakeLeaf('big', 'a'), sampler: { ...greedy, topP: 0 } })).toBe('input-type')
    expect(await codeOf({ expression: { ...mixOf('big', 'small'), params: { weights: [1] } } })).toBe('input-type')
    expect(await codeOf({ expression: { ...mixOf('big', 'small'), params: { weights: [0, 0] } } })).toBe('distribution-empty')
    expect(await codeOf({ expression: { ...mixOf('big', 'small'), params: { wieghts: [] } } })).toBe('input-type')
    const drafter = { drafter: 'model', params: {} }
    expect(await codeOf({ expression: fakeLeaf('big', 'a'), drafter })).toBe('input-missing')
    const model = (id: string) => ({ backend: 'fake' as const, id, name: id })
    expect(await codeOf({ expression: fakeLeaf('big', 'a'), drafter: { ...drafter, model: model('other') } })).toBe('vocabulary-mismatch')
    expect(await codeOf({ expression: fakeLeaf('rigid', 'a'), drafter: { drafter: 'ngram', params: {} } })).toBe('model-unsupported')
  })
})

describe('drafting', () => {
  const targets = { leaf: fakeLeaf('big', 'abc'), mix, gated, steered }
  const near = { backend: 'fake' as const, id: 'near', name: 'near' }
  const kinds: readonly DrafterExpression[] = [
    { drafter: 'ngram', params: { minCount: 1 } },
    { drafter: 'ngram', params: { adaptive: false, most: 3 } },
    { drafter: 'prompt-lookup', params: { pattern: 2 } },
    { drafter: 'model', model: near, params: {} },
    { drafter: 'model', model: near, params: { stopBelow: 0, adaptive: false, most: 7 } },
    { drafter: 'thompson', model: near, params: {} },
    { drafter: 'tree', model: near, params: {} },
    {
      drafter: 'several',
      params: {},
      of: [
        { drafter: 'ngram', params: { minCount: 1 } },
        { drafter: 'prompt-lookup', params: { pattern: 2 } },
        { drafter: 'model', model: near, params: {} },
        { drafter: 'tree', model: near, params: {} },
      ],
    },
    { drafter: 'tree', model: near, params: { width: 4, most: 2, adaptive: false } },
    {
      drafter: 'several',
      params: { speak: 'all', most: 12 },
      of: [
        { drafter: 'ngram', params: { minCount: 1 } },
        { drafter: 'prompt-lookup', params: { pattern: 1 } },
        { drafter: 'model', model: near, params: { stopBelow: 0 } },
        { drafter: 'tree', model: near, params: { most: 3 } },
      ],
    },
  ]

  it('leaves greedy output as it is, token for token, for every drafter and every kind of target', async () => {
    for (const drafter of kinds) {
      for (const [name, expression] of Object.entries(targets)) {
        const plain = await run({ expression, maxTokens: 60 })
        const drafted = await run({ expression, maxTokens: 60, drafter })
        expect([name, drafter.drafter, drafted.text, drafted.finish]).toEqual([name, drafter.drafter, plain.text, plain.finish])
        expect(drafted.logprob).toBeCloseTo(plain.logprob, 4)
      }
    }
  })

  it('saves passes when the drafter is near, and says how many drafts survived', async () => {
    const { usage, tokens } = await run({
      expression: fakeLeaf('endless', 'abc'),
      drafter: { drafter: 'ngram', params: {} },
      maxTokens: 300,
    })
    expect(usage.accepted).toBeGreaterThan(0)
    expect(usage.passes).toBeLessThan(tokens)
    expect(usage.passes + usage.accepted).toBe(tokens)
  })

  it('reads the guesses of several drafters in one pass, and needs fewer passes than the best of them alone', async () => {
    const [ngram, model] = [kinds[0], kinds[4]] as [DrafterExpression, DrafterExpression]
    const passesOf = async (drafter: DrafterExpression): Promise<number> => {
      let passes = 0
      for (const prompt of ['abc', 'cab', 'bbad', 'ecd', 'dea'])
        passes += (await run({ expression: fakeLeaf('endless', prompt), maxTokens: 120, drafter }, new FakeRuntime(zoo))).usage.passes
      return passes
    }
    // right about two texts of three, where n-grams need a text that repeats itself
    const wavering = (tokens: readonly number[]): number[] =>
      models.endless.logits(tokens).map((x, v) => x + (tokens.length % 3 === 0 ? 4 * Math.sin(5 * v) : 0))
    const zoo = { ...models, near: { vocabulary: letters, logits: wavering } }
    const both = { drafter: 'several', params: { speak: 'all', most: 16 }, of: [ngram, model] }
    const figures = { ngram: await passesOf(ngram), model: await passesOf(model), both: await passesOf(both) }
    expect(figures.both, JSON.stringify(figures)).toBeLessThan(0.9 * Math.min(figures.ngram, figures.model))
  })

  it('never drafts beyond the room that is left', async () => {
    const cramped = { ...models, big: { ...models.endless, contextTokens: 20 }, near: { ...models.endless, contextTokens: 20 } }
    for (const drafter of kinds) {
      const { finish, tokens } = await run({ expression: fakeLeaf('big', 'abc'), maxTokens: 100, drafter }, new FakeRuntime(cramped))
      expect([finish, tokens]).toEqual(['length', 17])
    }
  })

  it('cuts the text at a stop string in the middle of an accepted draft', async () => {
    const plain = await run({ expression: fakeLeaf('endless', 'abc'), maxTokens: 200 })
    const stop = plain.text.slice(150, 153)
    const cut = plain.text.slice(0, plain.text.indexOf(stop))
    const drafted = await run({
      expression: fakeLeaf('endless', 'abc'),
      maxTokens: 200,
      stop: [stop],
      drafter: { drafter: 'ngram', params: {} },
    })
    expect([drafted.text, drafted.finish]).toEqual([cut, 'stop'])
  })

  it('streams the whole text and counts every draft once', async () => {
    const deltas: { text: string; tokens: number; accepted: number; rejected: number }[] = []
    const result = await decode(
      { expression: fakeLeaf('endless', 'abc'), sampler: neutralSampler, maxTokens: 80, stop: ['zz'], seed: 3, drafter: kinds[3] as never },
      new FakeRuntime(models),
      { signal: new AbortController().signal, onToken: (delta) => deltas.push(delta) },
    )
    expect(deltas.map(({ text }) => text).join('')).toBe(result.text)
    expect(deltas.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(result.tokens)
    expect(deltas.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(result.usage.accepted)
    expect(deltas.reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0)).toBe(result.usage.drafted)
  })

  it('holds for any models, samplers and drafters: greedy output is the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...kinds),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        async (a, b, drafter, penalty) => {
          const zoo = {
            big: { vocabulary: letters, logits: hashedLogits(a, 6, 2) },
            near: { vocabulary: letters, logits: hashedLogits(b, 6, 2) },
          }
          const program = { expression: fakeLeaf('big', 'abcab'), maxTokens: 30, sampler: { ...greedy, repetitionPenalty: penalty } }
          const plain = await run(program, new FakeRuntime(zoo))
          const drafted = await run({ ...program, drafter }, new FakeRuntime(zoo))
          expect(drafted.text).toBe(plain.text)
        },
      ),
      { numRuns: 200 },
    )
  })
})
