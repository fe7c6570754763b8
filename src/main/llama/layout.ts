import { getModuleVersion } from 'node-llama-cpp'
import { TributaryError } from '../../shared/errors'
import type { Binding } from './binding'

/** The release whose header `structs.ts` describes, and the package that carries it. */
export const pinned = { release: 'v0.5.0', package: '3.22.1' } as const

const modelDefaults = { n_gpu_layers: -1, split_mode: 1, load_mode: -1, lazy_mode: 1, vocab_only: false, use_extra_bufts: true }
const contextDefaults = {
  n_ctx: 512,
  n_batch: 2048,
  n_ubatch: 512,
  n_seq_max: 1,
  n_threads: 4,
  pooling_type: -1,
  flash_attn_type: -1,
  yarn_ext_factor: -1,
  type_k: 1,
  type_v: 1,
  embeddings: false,
  offload_kqv: true,
  op_offload: true,
  swa_full: true,
  kv_unified: false,
  n_samplers: 0,
}

/**
 * Makes sure that the loaded library is the one our structs describe: its release is the pinned one, and its default parameters read through
 * our structs have the known values. A wrong layout would corrupt memory at the first call, so nothing is called before this.
 */
export function checkLayout(binding: Pick<Binding, 'llama_model_default_params' | 'llama_context_default_params'>, release: string): void {
  if (release !== pinned.release) throw mismatch(release, 'its release differs')
  const wrong = [
    ...differences(binding.llama_model_default_params(), modelDefaults),
    ...differences(binding.llama_context_default_params(), contextDefaults),
  ]
  if (wrong.length > 0) throw mismatch(release, `default parameters differ: ${wrong.join(', ')}`)
}

function differences(actual: object, expected: Readonly<Record<string, unknown>>): string[] {
  const found = actual as Record<string, unknown>
  return Object.entries(expected)
    .filter(([name, value]) => found[name] !== value)
    .map(([name, value]) => `${name} is ${String(found[name])} instead of ${String(value)}`)
}

const mismatch = (release: string, what: string): TributaryError =>
  new TributaryError(
    'model-load-failed',
    `This version of Tributary works with llama.cpp ${pinned.release} (node-llama-cpp ${pinned.package}), but llama.cpp ${release} is loaded: ${what}.`,
    {
      hint: 'Install the packages again exactly as package-lock.json names them (npm ci).',
      details: { expected: pinned.release, found: release },
    },
  )

/** The installed version of node-llama-cpp, for the error above and for `status`. */
export const packageVersion = (): Promise<string> => getModuleVersion()
