import type { TemplateReport } from '../../shared/api'
import { draftingModelsOf, leavesOf } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { Backend } from './backend'
import { fileIdOf, nameVariants } from './expert-variants'
import type { HostClient } from './host-client'
import type { ActivationRequest, ActivationSummary, HostStatus, ModelFile } from './host-protocol'
import type {
  Call,
  ContinuationScore,
  Decoded,
  DecodeProgram,
  LanguageModel,
  ModelStatistics,
  StatisticsRequest,
  TextPair,
  TokenizeAs,
} from './model'

/** Finds the file of a model; throws `model-missing`. */
export type ResolveModel = (ref: ModelRef) => Promise<{ readonly path: string }>

/** Told of each load, so that the next plan knows what this machine really takes. */
export type OnLoad = (ref: ModelRef, load: { readonly ms: number; readonly memoryBytes: number }) => void

/** Models of this machine, through the model host. */
export class LlamaCppBackend implements Backend {
  constructor(
    readonly host: HostClient,
    readonly resolve: ResolveModel,
    readonly onLoad: OnLoad = () => undefined,
  ) {}

  /** Whether this model is in memory. A hint for scheduling: it may be evicted at any time. */
  isLoaded(id: string): boolean {
    return this.host.loaded.has(id)
  }

  /** The same call, with loads of these models noted. */
  watching<C extends Call>(refs: readonly ModelRef[], call: C): C {
    const onEvent: NonNullable<Call['onEvent']> = (event) => {
      const ref = event.type === 'load-end' ? refs.find(({ name }) => name === event.model) : undefined
      if (event.type === 'load-end' && ref) this.onLoad(ref, event)
      call.onEvent?.(event)
    }
    return { ...call, onEvent }
  }

  async open(ref: ModelRef): Promise<LanguageModel> {
    await this.resolve(ref)
    return new LocalModel(this, ref)
  }

  async decode(program: DecodeProgram, call: Parameters<Backend['decode']>[1]): ReturnType<Backend['decode']> {
    program = { ...program, expression: nameVariants(program.expression) }
    const refs = refsOf(program)
    const hold = call.hold ? { hold: call.hold.when } : {}
    const models = await Promise.all(refs.map((ref) => this.file(ref)))
    return this.host.call('decode', { models, program, ...hold }, this.watching(refs, call))
  }

  async decodeAll(programs: readonly DecodeProgram[], call: Call): Promise<Decoded[]> {
    const named = programs.map((program) => ({ ...program, expression: nameVariants(program.expression) }))
    const refs = [...new Map(named.flatMap(refsOf).map((ref) => [ref.id, ref])).values()]
    const models = await Promise.all(refs.map((ref) => this.file(ref)))
    return this.host.call('decodeAll', { models, programs: named }, this.watching(refs, call))
  }

  /** What passed through chosen tensors while prompts were read: what calibration measures. */
  async activations(ref: ModelRef, request: ActivationRequest, call: Call): Promise<ActivationSummary[]> {
    return this.host.call('activations', { model: await this.file(ref), ...request }, call)
  }

  /** ids of the models that are in memory now; asks nobody */
  loaded(): ReadonlySet<string> {
    return this.host.loaded
  }

  /** The file of this id is going away: its model leaves the memory as soon as no call uses it. Starts nothing, and never fails. */
  async forget(id: string): Promise<void> {
    if (![...this.host.loaded].some((loaded) => fileIdOf(loaded) === id)) return
    await this.host.call('forget', { id }, { signal: new AbortController().signal }).catch(() => undefined)
  }

  status(call: Call): Promise<HostStatus> {
    return this.host.call('status', {}, call)
  }

  close(): Promise<void> {
    return this.host.close()
  }

  /** The chat template of a model, and what is done with it. Loads nothing. */
  async template(model: ModelFile, call: Call): Promise<TemplateReport> {
    return this.host.call('template', { model }, call)
  }

  async file(ref: ModelRef): Promise<ModelFile> {
    return { ref, path: (await this.resolve({ ...ref, id: fileIdOf(ref.id) })).path }
  }
}

class LocalModel implements LanguageModel {
  constructor(
    readonly backend: LlamaCppBackend,
    readonly ref: ModelRef,
  ) {}

  async describe(call: Call): ReturnType<LanguageModel['describe']> {
    return this.backend.host.call('describe', await this.#model(), this.backend.watching([this.ref], call))
  }

  async tokenize(text: string, call: Call, as?: TokenizeAs): Promise<number[]> {
    return this.backend.host.call(
      'tokenize',
      { ...(await this.#model()), text, ...(as ? { as } : {}) },
      this.backend.watching([this.ref], call),
    )
  }

  async nearestTokens(texts: readonly string[], call: Call): Promise<string[]> {
    return this.backend.host.call('nearestTokens', { ...(await this.#model()), texts }, this.backend.watching([this.ref], call))
  }

  async renderChat(messages: Parameters<LanguageModel['renderChat']>[0], call: Call): Promise<string> {
    return this.backend.host.call('renderChat', { ...(await this.#model()), messages }, this.backend.watching([this.ref], call))
  }

  async surprisal(text: string, call: Call): ReturnType<LanguageModel['surprisal']> {
    return this.backend.host.call('surprisal', { ...(await this.#model()), text }, this.backend.watching([this.ref], call))
  }

  async scoreContinuations(
    request: Parameters<LanguageModel['scoreContinuations']>[0],
    call: Call,
  ): ReturnType<LanguageModel['scoreContinuations']> {
    return (await this.scoreAll([request], call))[0] as ContinuationScore[]
  }

  async scoreAll(requests: Parameters<LanguageModel['scoreAll']>[0], call: Call): ReturnType<LanguageModel['scoreAll']> {
    if (requests.length === 0) return []
    return this.backend.host.call('score', { ...(await this.#model()), requests }, this.backend.watching([this.ref], call))
  }

  async embed(texts: readonly string[], call: Call): Promise<Float32Array[]> {
    return this.backend.host.call('embed', { ...(await this.#model()), texts }, this.backend.watching([this.ref], call))
  }

  async statistics(request: StatisticsRequest, call: Call): Promise<ModelStatistics> {
    return this.backend.host.call('statistics', { ...(await this.#model()), request }, this.backend.watching([this.ref], call))
  }

  async readPairs(pairs: readonly TextPair[], call: Call): Promise<Float32Array[]> {
    return this.backend.host.call('readPairs', { ...(await this.#model()), pairs }, this.backend.watching([this.ref], call))
  }

  async #model(): Promise<{ model: ModelFile }> {
    return { model: await this.backend.file(this.ref) }
  }
}

/** All models that a program needs, each once: those of its leaves and of its drafter. */
export function refsOf(program: Pick<DecodeProgram, 'expression' | 'drafter'>): ModelRef[] {
  const all = [...leavesOf(program.expression).map(({ model }) => model), ...(program.drafter ? draftingModelsOf(program.drafter) : [])]
  return [...new Map(all.map((ref) => [ref.id, ref])).values()]
}
