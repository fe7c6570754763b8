import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { inspectModelFile } from '../src/main/host-inspect'
import { bindLibraries } from '../src/main/llama/binding'
import { loadLibraries } from '../src/main/llama/libraries'
import type { LoadedModel } from '../src/main/llama/loaded-model'
import { ModelStore } from '../src/main/llama/model-store'
import { LlamaRuntime } from '../src/main/llama/runtime'
import { measureStatistics } from '../src/main/llama/statistics'
import { ActivationTap } from '../src/main/llama/taps'
import { defaultHostSettings } from '../src/main/models/host-protocol'
import type { StatisticsRequest } from '../src/main/models/model'
import type { ModelRef } from '../src/shared/value'
import { median } from './median'

/**
 * What Calibrate (activations) costs a text, in processor seconds, beside a forward pass over the same tokens with all logits that shows nothing; in turn,
 * medians. Texts of some 100 tokens; without Gram matrices, and with those of inputs up to the given width.
 * `node bench/run.mjs calibrate [model file] [texts] [width] [rounds]`
 */
export default async function benchCalibrate([
  path = join(homedir(), '.local/share/tributary/models/SmolLM2-135M-Instruct.Q4_1.gguf'),
  count = '12',
  width = '1024',
  rounds = '3',
]: readonly string[]): Promise<void> {
  if (!existsSync(path)) throw new Error(`there is no model at ${path}: fetch the starter model first (tributary models pull)`)
  const folder = mkdtempSync(join(tmpdir(), 'tributary-calibrate-'))
  const libraries = await loadLibraries('cpu')
  const binding = bindLibraries(libraries)
  const store = new ModelStore(libraries, binding, { ...defaultHostSettings, device: 'cpu' }, inspectModelFile)
  const ref: ModelRef = { backend: 'llama-cpp', id: path, name: basename(path) }
  const lease = await store.lease([{ ref, path }], { signal: new AbortController().signal, onEvent: () => undefined })
  const runtime = new LlamaRuntime({ binding, llama: libraries.llama, lease, renderChat: async () => '' })
  try {
    const model = lease.model(path)
    const texts = textsOf(Number(count))
    const measure = (request: Omit<StatisticsRequest, 'texts'>) => () =>
      measureStatistics(runtime, model, { texts, ...request }, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
      } as never)
    const cases: [string, () => Promise<unknown>][] = [
      ['forward pass', () => plain(model, lease, texts)],
      ['sums', measure({})],
      ['sums of inputs alone', measure({ outputs: false })],
      [`those and Gram matrices to ${width}`, measure({ outputs: false, grams: { width: Number(width), path: join(folder, 'grams') } })],
    ]
    const seconds = cases.map(() => [] as number[])
    for (let round = 0; round < Number(rounds); round++)
      for (const [index, [, run]] of cases.entries()) {
        const before = process.cpuUsage()
        await run()
        const { user, system } = process.cpuUsage(before)
        seconds[index]?.push((user + system) / 1e6 / texts.length)
      }
    const base = median(seconds[0] as number[])
    for (const [index, [name]] of cases.entries()) {
      const each = median(seconds[index] as number[])
      console.log(`${name}: ${each.toFixed(3)} processor seconds a text, ${(each / base).toFixed(2)} forward passes`)
    }
  } finally {
    runtime.close()
    lease.release()
    store.free()
    rmSync(folder, { recursive: true })
  }
}

/** Some 100 tokens each, none like another. */
const textsOf = (count: number): StatisticsRequest['texts'] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: {
      kind: 'text' as const,
      text: Array.from({ length: 12 }, (_, j) => `On day ${i * 12 + j} the ferry to island ${(i * 7 + j * 3) % 40} was late again.`).join(
        ' ',
      ),
    },
  }))

/** As many tokens to a pass as Calibrate takes. */
async function plain(
  model: LoadedModel,
  memory: Parameters<typeof ActivationTap.open>[1],
  texts: StatisticsRequest['texts'],
): Promise<void> {
  const tap = await ActivationTap.open(model, memory, { everyLogit: true, sumsBytes: 0 }, () => false, 2)
  try {
    const tokens = texts.map(({ prompt }) => (prompt.kind === 'text' ? model.native.vocabulary.tokenizePrompt(prompt.text) : []))
    for (let at = 0; at < tokens.length; at += 2) await tap.readTogether(tokens.slice(at, at + 2), () => undefined, true)
  } finally {
    tap.close()
  }
}
