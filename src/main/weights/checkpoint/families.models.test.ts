import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelRef } from '../../../shared/value'
import type { TokenSequence } from '../../decoding/source'
import { inspectModelFile } from '../../host-inspect'
import { LlamaRuntime } from '../../llama/runtime'
import { LlamaService } from '../../llama/service'
import { defaultHostSettings } from '../../models/host-protocol'
import { plainCodec } from '../convert/codec'
import { inlinePool } from '../engine/pools'
import { familyCases, writeFamilyCheckpoint } from '../testing/family-checkpoint'
import { tensorOf } from '../testing/toys'
import { writeModel } from '../write-model'
import { convertCheckpoint } from './convert'
import { checkpointFiles } from './open'
import oracles from './oracles.json'

/** Tiny models of random weights, one of each family, in llama.cpp after our conversion, against what the transformers library computed (tools/checkpoint-oracles.py). */
const folder = mkdtempSync(join(tmpdir(), 'families-'))
afterAll(() => rmSync(folder, { recursive: true }))

const convert = (weights: string, target: string): Promise<unknown> =>
  convertCheckpoint({
    files: checkpointFiles(weights),
    target,
    name: 'tiny',
    dtype: 'F32',
    sourceSha256: 'ab',
    signal: new AbortController().signal,
  })

describe.each(familyCases)('%s', (kind, one) => {
  const target = join(folder, `${kind}.gguf`)
  let weights: string
  let service: LlamaService
  beforeAll(async () => {
    weights = writeFamilyCheckpoint(folder, one)
    await convert(weights, target)
    service = await LlamaService.start({
      settings: { ...defaultHostSettings, device: 'cpu' },
      inspect: inspectModelFile,
      templates: { close: async () => undefined } as never,
      onMemory: () => undefined,
    })
  })
  afterAll(() => service.close())

  it('llama.cpp gives the log-probabilities that transformers gives', async () => {
    const ref: ModelRef = { backend: 'llama-cpp', id: `tiny:${kind}`, name: kind }
    const { signal } = new AbortController()
    const lease = await service.store.lease([{ ref, path: target }], { signal, onEvent: () => undefined })
    const runtime = new LlamaRuntime({
      binding: service.store.binding,
      llama: service.store.libraries.llama,
      lease,
      renderChat: async () => '',
    })
    try {
      const [sequence] = (await runtime.open([{ model: ref, prompt: [], capacity: 40, branches: 0 }], signal)) as [TokenSequence]
      const rows = oracles.tokens.map(() => new Float32Array(768))
      await runtime.evaluate([{ sequence, tokens: oracles.tokens, rows }], { signal })
      for (const [at, wanted] of Object.entries(one.logprobs)) {
        const row = rows[Number(at)] as Float32Array
        const most = row.reduce((a, b) => Math.max(a, b))
        const total = most + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - most), 0))
        const worst = wanted.reduce((far, value, index) => Math.max(far, Math.abs(value - ((row[index * 7] as number) - total))), 0)
        expect(worst).toBeLessThan(0.003)
      }
    } finally {
      runtime.close()
      lease.release()
    }
  })

  it('a merge that reads the checkpoint where it lies has the same tensors', async () => {
    const written = join(folder, `${kind}-merged.gguf`)
    const { path } = await writeModel(
      written,
      { expression: { op: 'load', model: { backend: 'llama-cpp', id: 'x', name: kind } }, name: 'm', dtype: 'F32', recipe: {} },
      { resolve: async () => ({ path: weights }), codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
    )
    for (const name of [
      'token_embd.weight',
      'output_norm.weight',
      'blk.1.attn_k.weight',
      'blk.3.attn_norm.weight',
      'blk.5.ffn_norm.weight',
    ])
      expect([name, await tensorOf(path, name)]).toEqual([name, await tensorOf(target, name)])
  })
})
