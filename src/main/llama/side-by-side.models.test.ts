import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspectModelFile } from '../host-inspect'
import { defaultHostSettings } from '../models/host-protocol'
import type { DecodeProgram, ModelEvent, ScoreRequest } from '../models/model'
import { starterFolder } from '../models/testing'
import type { NativeBatch } from './native-types'
import { LlamaRuntime } from './runtime'
import { LlamaService } from './service'

const toys = ['toy-facts', 'toy-draft-facts', 'toy-other'].map((name) => resolve(`resources/toys/${name}.gguf`))
const starters = [join(starterFolder(), 'SmolLM2-135M-Instruct.Q4_1.gguf')]

const call = {
  signal: new AbortController().signal,
  onEvent: () => undefined,
  onToken: () => undefined,
  ask: async () => ({ step: false }),
}
const start = (memoryBytes = 0): Promise<LlamaService> =>
  LlamaService.start({
    settings: { ...defaultHostSettings, device: 'cpu', threads: 1, memoryBytes },
    inspect: inspectModelFile,
    templates: { close: async () => undefined } as never,
    onMemory: () => undefined,
  })

interface Item {
  readonly prompt: string
  readonly answer: string
}

const items = (count: number): Item[] =>
  ['facts', 'math']
    .flatMap((set) => readFileSync(`resources/toys/eval/${set}.jsonl`, 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Item)
    .filter((_, i) => i % 7 === 0)
    .slice(0, count)

const scoring = (rows: readonly Item[]): ScoreRequest[] =>
  rows.map(({ prompt, answer }) => ({
    prompt: { kind: 'text', text: prompt },
    continuations: [` ${answer}`],
    end: true,
    steps: true,
    top: 3,
  }))

const answering = (rows: readonly Item[], path: string): DecodeProgram[] =>
  rows.map(({ prompt }) => ({
    expression: { op: 'lm', model: modelOf(path).ref, prompt: { kind: 'text', text: prompt } },
    sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
    maxTokens: 8,
    stop: ['.'],
    seed: 1,
    trace: { topK: 3 },
  }))

const modelOf = (path: string) => ({ ref: { backend: 'llama-cpp' as const, id: path, name: basename(path) }, path })

/** Tokens of each batch that llama.cpp is given while `work` runs. */
async function batchesOf<T>(service: LlamaService, work: () => Promise<T>): Promise<{ result: T; batches: number[] }> {
  const { binding } = service.store
  const { llama_decode } = binding
  const batches: number[] = []
  const counting = (context: bigint | null, batch: NativeBatch): number => {
    batches.push(batch.n_tokens)
    return llama_decode(context, batch)
  }
  const countingAsync: typeof llama_decode.async = (context, batch, done) => {
    batches.push(batch.n_tokens)
    llama_decode.async(context, batch, done)
  }
  binding.llama_decode = Object.assign(counting, { async: countingAsync })
  try {
    return { result: await work(), batches }
  } finally {
    binding.llama_decode = llama_decode
  }
}

const score = (service: LlamaService, path: string, requests: readonly ScoreRequest[]) =>
  service.call('score', { model: modelOf(path), requests }, call)

async function write(service: LlamaService, path: string, programs: readonly DecodeProgram[]): Promise<unknown[]> {
  const decoded = await service.call('decodeAll', { models: [modelOf(path)], programs }, call)
  return decoded.map(({ usage: _, ...one }) => one)
}

/** Nothing that was read before is found again. */
const forget = (service: LlamaService): void => {
  for (const model of service.store.models) while (model.dropIdleLane());
}

async function oneByOne<Asked, Result>(
  service: LlamaService,
  all: readonly Asked[],
  ask: (one: Asked) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = []
  for (const one of all) {
    results.push(...(await ask(one)))
    forget(service)
  }
  return results
}

describe('rows side by side', () => {
  let service: LlamaService
  beforeAll(async () => {
    service = await start()
  })
  afterAll(() => service.close())

  it.each([...toys, ...starters.filter((path) => existsSync(path))].map((path) => [basename(path), path] as const))(
    'of %s have the bits of row by row, in fewer batches, new and again',
    async (_, path) => {
      const rows = items(toys.includes(path) ? 37 : 7)
      const alone = await batchesOf(service, () => oneByOne(service, scoring(rows), (one) => score(service, path, [one])))
      const together = await batchesOf(service, () => score(service, path, scoring(rows)))
      expect(together.result).toEqual(alone.result)
      expect(together.batches.length).toBeLessThan(alone.batches.length / 2)
      if (toys.includes(path)) expect(await score(service, path, scoring(rows.toReversed()))).toEqual(alone.result.toReversed())
      forget(service)
      const programs = answering(rows, path)
      const writtenAlone = await batchesOf(service, () => oneByOne(service, programs, (one) => write(service, path, [one])))
      const written = await batchesOf(service, () => write(service, path, programs))
      expect(written.result).toEqual(writtenAlone.result)
      expect(written.batches.length).toBeLessThan(writtenAlone.batches.length / 3)
      if (toys.includes(path)) expect(await write(service, path, programs)).toEqual(writtenAlone.result)
      forget(service)
    },
  )

  it('are scored as those with several continuations are, of which one forks', async () => {
    const [path] = toys as [string]
    const [first, second] = scoring(items(2)) as [ScoreRequest, ScoreRequest]
    const both = { ...first, continuations: [...first.continuations, ...second.continuations] }
    const [[one]] = (await score(service, path, [first])) as [[unknown]]
    forget(service)
    expect((await score(service, path, [second, both, second]))[1]?.[0]).toEqual(one)
  })

  it('tell how many are done, to the last', async () => {
    const [path] = toys as [string]
    const told: string[] = []
    const onEvent = (event: ModelEvent): void => {
      if (event.type === 'texts-progress') told.push(`${event.done} of ${event.total}`)
    }
    await service.call('score', { model: modelOf(path), requests: scoring(items(37)) }, { ...call, onEvent })
    expect(told).toEqual(['0 of 37', '13 of 37', '25 of 37', '37 of 37'])
    await service.call('score', { model: modelOf(path), requests: scoring(items(1)) }, { ...call, onEvent })
    expect(told.length).toBe(4)
  })

  it('of which one is too long say which', async () => {
    const [path] = toys as [string]
    const requests = scoring(items(3))
    const long = { ...(requests[1] as ScoreRequest), continuations: [' the key is in oslo.'.repeat(100)] }
    await expect(score(service, path, [...requests.slice(0, 1), long, ...requests.slice(2)])).rejects.toMatchObject({
      code: 'context-overflow',
      message: expect.stringMatching(/^Row 2 of 3: The text has \d+ tokens/),
    })
  })

  it('end within a batch where they are stopped', async () => {
    const [path] = toys as [string]
    const stop = new AbortController()
    const told: number[] = []
    const onEvent = (event: ModelEvent): void => {
      if (event.type !== 'texts-progress') return
      told.push(event.done)
      if (event.done > 0) stop.abort(new Error('enough'))
    }
    const asked = service.call('score', { model: modelOf(path), requests: scoring(items(37)) }, { ...call, signal: stop.signal, onEvent })
    await expect(asked).rejects.toThrow('enough')
    expect(told).toEqual([0, 13])
    expect(service.store.models.every(({ leases }) => leases === 0)).toBe(true)
  })
})

it('as many rows as a quarter of the memory holds are read side by side, with the same bits', async () => {
  const [path] = toys as [string]
  const budget = 12 * 2 ** 20
  const wide = await start()
  const narrow = await start(budget)
  try {
    const rows = scoring(items(16))
    const [some, all] = [await batchesOf(narrow, () => score(narrow, path, rows)), await batchesOf(wide, () => score(wide, path, rows))]
    expect(some.result).toEqual(all.result)
    expect(some.batches.length).toBeGreaterThan(all.batches.length)
    const lease = await narrow.store.lease([modelOf(path)], call)
    const runtime = new LlamaRuntime({
      binding: narrow.store.binding,
      llama: narrow.store.libraries.llama,
      lease,
      renderChat: async () => '',
    })
    const request = { model: modelOf(path).ref, prompt: [1], capacity: 40, branches: 0, sideBySide: true }
    const fitting = (count: number): number => runtime.fitting(Array.from({ length: count }, () => [request]))
    const most = fitting(16)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThan(16)
    expect([fitting(most), fitting(1)]).toEqual([most, 1])
    for (const sequence of await runtime.open(
      Array.from({ length: most }, () => request),
      call.signal,
    ))
      sequence.dispose()
    runtime.close()
    lease.release()
    expect(narrow.store.memoryBytes).toBeLessThan(budget)
  } finally {
    await narrow.close()
    await wide.close()
  }
})
