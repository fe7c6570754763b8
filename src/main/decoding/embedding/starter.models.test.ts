import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../../shared/expression'
import type { ModelRef } from '../../../shared/value'
import { inspectModelFile } from '../../host-inspect'
import type { ModelLease } from '../../llama/model-store'
import { LlamaRuntime } from '../../llama/runtime'
import { LlamaService } from '../../llama/service'
import { defaultHostSettings } from '../../models/host-protocol'
import { starterFolder } from '../../models/testing'
import { decode } from '../decode'
import { neutralSampler } from '../sampler'
import type { TokenEmbeddings } from '../source'
import { commonTokens } from './anchors'
import { makeMeaningMap } from './meaning-map'

/** Two real models that cut text into different tokens: SmolLM2 (49,152) and Gemma 3 (262,144). In this process, where they were fetched. */
const refOf = (file: string): ModelRef => ({ backend: 'llama-cpp', id: join(starterFolder(), file), name: basename(file, '.gguf') })
const [smol, gemma] = [refOf('SmolLM2-135M-Instruct.Q4_1.gguf'), refOf('gemma-3-270m-q4_k_m.gguf')]
const text = 'The history of the sea is a history of storms, and of people who went out in them. In the year'

describe.skipIf(![smol, gemma].every(({ id }) => existsSync(id)))('vocabularies of real models', { timeout: 300_000 }, () => {
  let service: LlamaService
  let lease: ModelLease
  let runtime: LlamaRuntime
  const call = { signal: new AbortController().signal, onEvent: () => undefined }
  beforeAll(async () => {
    service = await LlamaService.start({
      settings: { ...defaultHostSettings, device: 'cpu' },
      inspect: inspectModelFile,
      templates: { close: async () => undefined } as never,
      onMemory: () => undefined,
    })
    lease = await service.store.lease(
      [smol, gemma].map((ref) => ({ ref, path: ref.id })),
      call,
    )
    runtime = new LlamaRuntime({ binding: service.store.binding, llama: service.store.libraries.llama, lease, renderChat: async () => '' })
  }, 120_000)
  afterAll(async () => {
    runtime.close()
    lease.release()
    await service.close()
  })

  const lm = (model: ModelRef): DistributionExpression => ({ op: 'lm', model, prompt: { kind: 'text', text } })
  const write = (expression: DistributionExpression) =>
    decode({ expression, sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 24, stop: [], seed: 1 }, runtime, call)

  it('by meaning alone, a token that both have but that was no anchor finds itself among 49,152 others, or is near it', async () => {
    const [from, to] = [await runtime.describe(gemma), await runtime.describe(smol)]
    const tables = [from.embeddings, to.embeddings] as [TokenEmbeddings, TokenEmbeddings]
    expect(tables.map(({ width, rows }) => [width, rows])).toEqual([
      [640, from.vocabulary.size],
      [576, to.vocabulary.size],
    ])
    const map = await makeMeaningMap({ from: from.vocabulary, to: to.vocabulary, tables, ownFirst: false, keep: 10, least: 0.1 })
    const shared = commonTokens([from.vocabulary, to.vocabulary])
    expect(shared.length).toBeGreaterThan(10_000)
    // anchors are the first 4,096 shared tokens in Gemma's order
    const heldOut = shared.slice(4096, 7096).filter((_, i) => i % 20 === 0)
    const ranks = heldOut.map(([token, own]) => map.partners(token as number, true).tokens.indexOf(own as number))
    const figures = {
      shared: shared.length,
      heldOut: heldOut.length,
      first: ranks.filter((rank) => rank === 0).length / ranks.length,
      amongTen: ranks.filter((rank) => rank >= 0).length / ranks.length,
    }
    expect(figures.first, JSON.stringify(figures)).toBeGreaterThan(0.15)
    expect(figures.amongTen, JSON.stringify(figures)).toBeGreaterThan(0.35)
  })

  it('each way of joining them writes a text, in which both have a say', async () => {
    const alone = await write(lm(smol))
    const aligned: DistributionExpression = { op: 'eva', inputs: { of: lm(gemma), like: lm(smol) }, params: {} }
    const texts: Record<string, string> = { alone: alone.text, gemma: (await write(lm(gemma))).text }
    for (const [name, expression] of Object.entries({
      read: aligned,
      averaged: { op: 'agreeing-mix', inputs: { models: [lm(smol), aligned] }, params: {} },
      deepen: { op: 'deepen', inputs: { main: lm(smol), others: [lm(gemma)] }, params: {} },
      mainAlone: { op: 'deepen', inputs: { main: lm(smol), others: [lm(gemma)] }, params: { rate: 0 } },
    } satisfies Record<string, DistributionExpression>))
      texts[name] = (await write(expression)).text
    expect(texts.mainAlone).toBe(texts.alone)
    for (const name of ['read', 'averaged', 'deepen']) {
      expect(texts[name]?.trim()).not.toBe('')
      expect(texts[name]).not.toBe(texts.alone)
    }
  })
})
