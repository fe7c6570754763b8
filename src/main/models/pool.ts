import { TributaryError } from '../../shared/errors'
import { isLeaf } from '../../shared/expression'
import { cannotHold } from '../../shared/run/token-break'
import type { ModelRef } from '../../shared/value'
import type { Backend } from './backend'
import { HostClient } from './host-client'
import type { HostProcessOptions } from './host-process'
import { defaultHostSettings, type HostSettings, type ModelMemory } from './host-protocol'
import { LlamaCppBackend, type OnLoad, type ResolveModel, refsOf } from './llama-cpp'
import type { Call, DecodeCall, Decoded, DecodeProgram, ModelPool } from './model'
import { oneByOne } from './one-by-one'
import { OpenAiBackend, type RemoteServer } from './openai-compatible'

export interface PoolOptions {
  readonly host: HostProcessOptions
  readonly settings?: Partial<HostSettings>
  /** the shelf: where the file of a local model lies */
  readonly resolve: ResolveModel
  readonly onLoad?: OnLoad
  /** told what local models take whenever that changes */
  readonly onMemory?: (models: readonly ModelMemory[]) => void
  /** remote servers as the settings name them now, with their keys */
  readonly servers?: () => readonly RemoteServer[]
}

export interface OwnedModelPool extends ModelPool {
  /** The local backend: status and activations, which the common interface does not have. */
  readonly local: LlamaCppBackend
  /** Takes new settings; the host starts anew when it is idle. */
  configure(settings: Partial<HostSettings>): void
  /** Ends the model host and waits until it is gone. */
  close(): Promise<void>
}

/** The pool of the application: local models in the model host, remote ones behind their servers. Nothing starts before it is needed. */
export function createModelPool(options: PoolOptions): OwnedModelPool {
  const host = new HostClient(options.host, { ...defaultHostSettings, ...options.settings }, options.onMemory)
  const local = new LlamaCppBackend(host, options.resolve, options.onLoad)
  const remote = new OpenAiBackend(options.servers ?? (() => []))
  return {
    ...poolOf({ 'llama-cpp': local, 'openai-compatible': remote }),
    local,
    configure: (settings) => host.configure({ ...defaultHostSettings, ...options.settings, ...settings }),
    close: async () => {
      await Promise.all([local.close(), remote.close()])
    },
  }
}

/** A pool over some backends. */
export function poolOf(backends: Partial<Record<ModelRef['backend'], Backend>>): ModelPool {
  const backendOf = (ref: ModelRef): Backend => {
    const backend = backends[ref.backend]
    if (backend) return backend
    throw new TributaryError('model-missing', `"${ref.name}" needs the backend "${ref.backend}", which is not there.`)
  }
  const decode = async (program: DecodeProgram, call: DecodeCall): Promise<Decoded> => {
    const refs = refsOf(program)
    const remote = refs.find(({ backend }) => backend === 'openai-compatible')
    if (remote && (refs.length > 1 || !isLeaf(program.expression) || program.drafter)) throw textOnly(remote)
    if (remote && call.hold) call.onEvent?.({ type: 'notice', message: cannotHold(remote.name) })
    return backendOf(refs[0] as ModelRef).decode(program, call)
  }
  return {
    open: async (ref) => backendOf(ref).open(ref),
    decode,
    decodeAll: async (programs: readonly DecodeProgram[], call: Call): Promise<Decoded[]> => {
      const [first, ...others] = programs.map(refsOf)
      const backend = first?.[0] && backendOf(first[0])
      const areAlike = others.every((refs) => idsOf(refs) === idsOf(first ?? []))
      const isOfOne = first?.every((ref) => backends[ref.backend] === backend)
      if (backend?.decodeAll && areAlike && isOfOne) return backend.decodeAll(programs, call)
      return oneByOne(programs, call, (program) => decode(program, call))
    },
  }
}

const idsOf = (refs: readonly ModelRef[]): string =>
  refs
    .map(({ id }) => id)
    .sort()
    .join()

const textOnly = (ref: ModelRef): TributaryError =>
  new TributaryError(
    'model-unsupported',
    `"${ref.name}" runs on a server, which gives text and no distributions: it cannot be mixed or drafted for.`,
    {
      hint: 'Use a local model here, or connect this model to a node that works on text.',
    },
  )
