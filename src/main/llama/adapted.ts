import { TributaryError } from '../../shared/errors'
import type { ModelStatistics, StatisticsRequest } from '../models/model'
import type { LoadedModel } from './loaded-model'
import type { Pointer } from './native-types'
import { Prediction } from './prediction'
import type { LlamaRuntime } from './runtime'
import type { ScoringCall } from './score'
import { ActivationTap } from './taps'
import { tokensOfText } from './text-tokens'

/** Adapters by their file; llama.cpp frees them with their model. */
const loaded = new WeakMap<LoadedModel, Map<string, Pointer>>()

/** How well a model predicts texts with adapters worked in: a merge of them with its base, tried without a file. Contexts of other calls see nothing of it. */
export async function measureAdapted(
  runtime: LlamaRuntime,
  model: LoadedModel,
  { texts, adapters }: Pick<StatisticsRequest, 'texts'> & { readonly adapters: NonNullable<StatisticsRequest['adapters']> },
  call: ScoringCall,
): Promise<ModelStatistics> {
  // before the context is made: it must know how large its graph may become
  const found = adapters.map(({ path, scale }) => ({ pointer: adapterOf(model, path), scale }))
  const tap = await ActivationTap.open(model, runtime.parts.lease, { everyLogit: true, sumsBytes: 0 }, (name) => name === 'result_output')
  const prediction = new Prediction()
  let read = 0
  try {
    tap.adapt(found)
    for (const [index, text] of texts.entries()) {
      call.signal.throwIfAborted()
      // between texts other calls have their turn
      await new Promise((done) => setImmediate(done))
      const { tokens, firstScored } = await tokensOfText(runtime, model, text)
      await tap.read(tokens, ({ values, shape }) => prediction.add(values, shape[0], tokens, firstScored), true)
      read += tokens.length
      call.onProgress(index + 1, texts.length)
    }
    return { inputs: [], outputs: [], ...prediction.sums, tokens: read }
  } finally {
    prediction.close()
    tap.close()
  }
}

/** Throws `model-unsupported` for a file that is no adapter of this model. */
function adapterOf(model: LoadedModel, path: string): Pointer {
  const known = loaded.get(model) ?? new Map<string, Pointer>()
  loaded.set(model, known)
  const standing = known.get(path)
  if (standing !== undefined) return standing
  const { binding, pointer, name } = model.native
  const adapter = binding.llama_adapter_lora_init(pointer, path)
  if (adapter === null) throw new TributaryError('model-unsupported', `llama.cpp takes no adapter of this kind for "${name}".`)
  known.set(path, adapter)
  return adapter
}
