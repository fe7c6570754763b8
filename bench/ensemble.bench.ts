import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { decode } from '../src/main/decoding/decode'
import type { EvaluateRequest, Runtime } from '../src/main/decoding/source'
import { inspectModelFile } from '../src/main/host-inspect'
import { bindLibraries } from '../src/main/llama/binding'
import { loadLibraries } from '../src/main/llama/libraries'
import { ModelStore } from '../src/main/llama/model-store'
import { LlamaRuntime } from '../src/main/llama/runtime'
import { defaultHostSettings } from '../src/main/models/host-protocol'
import type { DistributionExpression } from '../src/shared/expression'
import type { ModelRef } from '../src/shared/value'
import { median } from './median'

/**
 * What mixing costs beyond the models themselves: milliseconds a token in all, beside those inside the models' forward passes (logits copied out included).
 * `node bench/run.mjs ensemble [folder of the starter models] [tokens] [rounds] [only cases whose name has this]`
 */
export default async function benchEnsembles([
  folder = join(homedir(), '.local/share/tributary/models'),
  tokens = '64',
  rounds = '5',
  only = '',
]: readonly string[]): Promise<void> {
  const smol = refOf(join(folder, 'SmolLM2-135M-Instruct.Q4_1.gguf'))
  const gemma = refOf(join(folder, 'gemma-3-270m-q4_k_m.gguf'))
  const libraries = await loadLibraries('cpu')
  const binding = bindLibraries(libraries)
  const store = new ModelStore(libraries, binding, { ...defaultHostSettings, device: 'cpu' }, inspectModelFile)
  const call = { signal: new AbortController().signal, onEvent: () => undefined }
  const lease = await store.lease(
    [smol, gemma].map((ref) => ({ ref, path: ref.id })),
    call,
  )
  const runtime = new LlamaRuntime({ binding, llama: libraries.llama, lease, renderChat: async () => '' })
  const timed = new TimedRuntime(runtime)
  try {
    for (const [name, expression] of cases(smol, gemma).filter(([name]) => name.includes(only))) {
      const ratios: number[] = []
      let line = ''
      for (let round = 0; round <= Number(rounds); round++) {
        timed.passMs = 0
        const program = { expression, sampler, maxTokens: Number(tokens), stop: [], seed: 1 }
        const { usage } = await decode(program, timed, call)
        const passMs = timed.passMs - timed.firstMs
        const made = usage.tokens - 1
        if (round > 0) ratios.push(usage.decodeMs / passMs) // the first round warms up
        line = `${(usage.decodeMs / made).toFixed(2).padStart(8)} ms, passes ${(passMs / made).toFixed(2).padStart(8)} ms`
      }
      console.log(`${name.padEnd(34)} ${line}   ratio ${median(ratios).toFixed(3)}`)
    }
  } finally {
    runtime.close()
    lease.release()
  }
}

const sampler = { temperature: 0.8, topK: 0, topP: 0.95, minP: 0, repetitionPenalty: 1 }
const text = 'The history of the sea is a history of storms, and of people who went out in them. In the year'
const other = 'Once upon a time'

function cases(smol: ModelRef, gemma: ModelRef): [string, DistributionExpression][] {
  const leaf = (model: ModelRef, prompt = text): DistributionExpression => ({ op: 'lm', model, prompt: { kind: 'text', text: prompt } })
  const op = (
    name: string,
    inputs: Extract<DistributionExpression, { inputs: unknown }>['inputs'],
    params = {},
  ): DistributionExpression => ({ op: name, inputs, params })
  const of = (model: ModelRef, name: string): [string, DistributionExpression][] => [
    [`${name} alone`, leaf(model)],
    [`${name}: mix of 2`, op('linear-mix', { models: [leaf(model), leaf(model, other)] })],
    [`${name}: mix of 3`, op('linear-mix', { models: [leaf(model), leaf(model, other), leaf(model, `${text} 1`)] })],
    [`${name}: product of 2`, op('log-linear-mix', { models: [leaf(model), leaf(model, other)] })],
    [`${name}: contrast`, op('contrast', { expert: leaf(model), amateur: leaf(model, other) })],
    [`${name}: offset of 3`, op('offset', { base: leaf(model), tuned: [leaf(model, other)], untuned: [leaf(model, `${text} 1`)] })],
  ]
  return [
    ...of(smol, 'SmolLM2 (49k)'),
    ...of(gemma, 'Gemma 3 (262k)'),
    ['both: union (GaC)', op('union-mix', { models: [leaf(smol), leaf(gemma)] })],
    ['both: by meaning (EVA)', op('linear-mix', { models: [leaf(smol), op('eva', { of: leaf(gemma), like: leaf(smol) })] })],
    ['both: by shared tokens (DeePEn)', op('deepen', { main: leaf(smol), others: [leaf(gemma)] })],
    ['both: aligned mix', op('linear-mix', { models: [leaf(smol), op('align', { of: leaf(gemma), like: leaf(smol) })] })],
  ]
}

/** Adds up the time inside `evaluate`. */
class TimedRuntime implements Runtime {
  passMs = 0
  firstMs = 0
  #isFirst = true

  constructor(readonly inner: Runtime) {}

  now = (): number => this.inner.now()
  describe = (model: ModelRef) => this.inner.describe(model)
  constrain: Runtime['constrain'] = (model, schema) => this.inner.constrain(model, schema)
  open: Runtime['open'] = (requests, signal) => {
    this.#isFirst = true
    return this.inner.open(requests, signal)
  }

  async evaluate(requests: readonly EvaluateRequest[], call: Parameters<Runtime['evaluate']>[1]): Promise<void> {
    const start = performance.now()
    await this.inner.evaluate(requests, call)
    const ms = performance.now() - start
    this.passMs += ms
    if (this.#isFirst) this.firstMs = ms // reads the prompts
    this.#isFirst = false
  }
}

function refOf(path: string): ModelRef {
  if (!existsSync(path)) throw new Error(`there is no model at ${path}: fetch the starter models first (tributary models pull)`)
  return { backend: 'llama-cpp', id: path, name: basename(path) }
}
