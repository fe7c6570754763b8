import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import { decode } from '../decoding/decode'
import type { TokenSequence } from '../decoding/source'
import { inspectModelFile } from '../host-inspect'
import { defaultHostSettings } from '../models/host-protocol'
import type { Decoded } from '../models/model'
import { toyRef } from '../models/testing'
import type { ModelLease } from './model-store'
import type { NativeBatch } from './native-types'
import { LlamaRuntime } from './runtime'
import { LlamaService } from './service'

const ref = toyRef('toy-base')
const { signal } = new AbortController()
const long = 'the red key is in oslo. the blue cup is in rome. the old map of paris is lost. '.repeat(4)

/** What reaches llama.cpp, counted: each `llama_decode` and its tokens. */
describe('what is read together and what is not read again', () => {
  let service: LlamaService
  let lease: ModelLease
  const batches: number[] = []
  beforeAll(async () => {
    service = await LlamaService.start({
      settings: { ...defaultHostSettings, device: 'cpu' },
      inspect: inspectModelFile,
      templates: { close: async () => undefined } as never,
      onMemory: () => undefined,
    })
    const { binding } = service.store
    const { llama_decode } = binding
    const counting = (context: bigint | null, batch: NativeBatch): number => {
      batches.push(batch.n_tokens)
      return llama_decode(context, batch)
    }
    const countingAsync: typeof llama_decode.async = (context, batch, done) => {
      batches.push(batch.n_tokens)
      llama_decode.async(context, batch, done)
    }
    binding.llama_decode = Object.assign(counting, { async: countingAsync })
    lease = await service.store.lease([{ ref, path: 'resources/toys/toy-base.gguf' }], { signal, onEvent: () => undefined })
  })
  afterAll(async () => {
    lease.release()
    await service.close()
  })

  async function withRuntime<T>(work: (runtime: LlamaRuntime) => Promise<T>): Promise<T> {
    const { binding, libraries } = service.store
    const runtime = new LlamaRuntime({ binding, llama: libraries.llama, lease, renderChat: async () => '' })
    batches.length = 0
    try {
      return await work(runtime)
    } finally {
      runtime.close()
    }
  }

  const leaf = (text: string): DistributionExpression => ({ op: 'lm', model: ref, prompt: { kind: 'text', text } })
  const write = (expression: DistributionExpression): Promise<Decoded> =>
    withRuntime((runtime) =>
      decode(
        {
          expression,
          sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
          maxTokens: 8,
          stop: [],
          seed: 1,
        },
        runtime,
        { signal },
      ),
    )

  it('reads all leaves of a model in one batch, prompts and tokens', async () => {
    const models = ['the red key is', 'q: where is the cup? a:', 'once there was'].map(leaf)
    const { usage } = await write({ op: 'linear-mix', inputs: { models }, params: {} })
    expect(usage.passes).toBeGreaterThan(2)
    expect(batches).toHaveLength(usage.passes)
    expect(batches[0]).toBe(usage.promptTokens)
    expect(new Set(batches.slice(1))).toEqual(new Set([3]))
  })

  it('reads of a prompt only what no earlier call has read', async () => {
    const first = await write(leaf(long))
    const again = await write(leaf(long))
    expect([again.text, again.logprob]).toEqual([first.text, first.logprob])
    expect(again.usage.reusedTokens).toBe(again.usage.promptTokens - 2)
    expect(batches[0]).toBe(2)
    const longer = await write(leaf(`${long} the green door`))
    expect(longer.usage.reusedTokens).toBeGreaterThanOrEqual(first.usage.promptTokens - 1)
  })

  it('reads a prompt once for several leaves that begin with it, where it is cached', async () => {
    await write(leaf(long))
    const models = ['the green door', 'a small boat', 'q: why?'].map((end) => leaf(`${long} ${end}`))
    const { usage } = await write({ op: 'linear-mix', inputs: { models }, params: {} })
    const shared = lease.model(ref.id).native.vocabulary.tokenizePrompt(long).length
    expect(usage.reusedTokens).toBeGreaterThanOrEqual(3 * (shared - 2))
  })

  it('lets candidates that go different ways share the cells of their prompt', async () => {
    await withRuntime(async (runtime) => {
      const { vocabulary } = lease.model(ref.id).native
      const prompt = vocabulary.tokenizePrompt(long.repeat(2))
      const [branches, more] = [8, 4]
      const [main] = (await runtime.open([{ model: ref, prompt, capacity: prompt.length + more, branches }], signal)) as [TokenSequence]
      const row = (): Float32Array => new Float32Array(vocabulary.size)
      await runtime.evaluate([{ sequence: main, tokens: prompt.slice(main.length), rows: [row()] }], { signal })
      const forks = Array.from({ length: branches }, () => main.fork())
      batches.length = 0
      // a cache of their own for each would need nine prompts of cells, more than the lane has
      for (let step = 0; step < more; step++) {
        const requests = forks.map((sequence, i) => ({ sequence, tokens: [20 + i + step], rows: [row()] }))
        await runtime.evaluate(requests, { signal })
      }
      expect(batches).toEqual(Array.from({ length: more }, () => branches))
      expect((branches + 1) * prompt.length).toBeGreaterThan(1024)
      for (const fork of forks) fork.dispose()
    })
  })
})
