import { type BentMap, bend } from '../../shared/bent-map'
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

/**
 * How well a model predicts texts with adapters worked in (a merge of them with its base, tried without a file), or with its last states bent before the head
 * reads them. Contexts of other calls see nothing of it.
 */
export async function measureAdapted(
  runtime: LlamaRuntime,
  model: LoadedModel,
  { texts, adapters = [], bend: map }: Pick<StatisticsRequest, 'texts' | 'adapters' | 'bend'>,
  call: ScoringCall,
): Promise<ModelStatistics> {
  // before the context is made: it must know how large its graph may become
  const found = adapters.map(({ path, scale }) => ({ pointer: adapterOf(model, path), scale }))
  const tap = await ActivationTap.open(
    model,
    runtime.parts.lease,
    { everyLogit: true, sumsBytes: 0 },
    (name) => name === logits || (map !== undefined && name === states),
  )
  const prediction = new Prediction()
  let [read, isBent] = [0, false]
  try {
    if (found.length > 0) tap.adapt(found)
    for (const [index, text] of texts.entries()) {
      call.signal.throwIfAborted()
      // between texts other calls have their turn
      await new Promise((done) => setImmediate(done))
      const { tokens, firstScored } = await tokensOfText(runtime, model, text)
      await tap.read(
        tokens,
        ({ name, address, values, shape }) => {
          if (name === logits) prediction.add(values, shape[0], tokens, firstScored)
          else if (map) {
            tap.replace(address, bentRows(map, values, shape[0], model.native.name))
            isBent = true
          }
        },
        true,
      )
      read += tokens.length
      call.onProgress(index + 1, texts.length)
    }
    if (map && read > 0 && !isBent) throw unfit(model.native.name)
    return { inputs: [], outputs: [], ...prediction.sums, tokens: read }
  } finally {
    prediction.close()
    tap.close()
  }
}

/** As llama.cpp names what the last norm gives, and what the head makes of it. */
const [states, logits] = ['result_norm', 'result_output']

/** Every row of `values` [rows × n], bent. Throws `model-unsupported` for a map of another width. */
function bentRows(map: BentMap, values: Float32Array, n: number, model: string): Float32Array {
  if (map.up.length !== n * map.hidden || map.down.length !== n * map.hidden) throw unfit(model)
  const bent = new Float32Array(values.length)
  for (let at = 0; at < values.length; at += n) bent.set(bend(map, values, at, n), at)
  return bent
}

const unfit = (model: string): TributaryError =>
  new TributaryError('model-unsupported', `The last states of "${model}" cannot be bent: they are of another width, or not to be seen.`)

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
