import type { DerivedStore } from '../../shared/derived-store'
import { TributaryError } from '../../shared/errors'
import { noUsage } from '../../shared/run/events'
import { decode, decodeAll } from '../decoding/decode'
import type {
  ActivationRequest,
  ActivationSummary,
  HostMethods,
  HostSettings,
  HostStatus,
  ModelFile,
  ModelMemory,
} from '../models/host-protocol'
import type { Decoded, ModelDescription, ModelEvent, TokenDelta, TokenHold } from '../models/model'
import { bindLibraries } from './binding'
import { ChatForms } from './chat-forms'
import { type EmbeddingCall, embed, readPairs } from './embed'
import { checkLayout } from './layout'
import { loadLibraries } from './libraries'
import type { LoadedModel } from './loaded-model'
import { type InspectFile, ModelStore } from './model-store'
import { pooling } from './native-model'
import { promptTeller } from './prompts-told'
import { LlamaRuntime, promptTokens } from './runtime'
import { nearestTexts, scoreContinuations, surprisal } from './score'
import { measureStatistics } from './statistics'
import { ActivationMoments, ActivationTap, namePattern } from './taps'
import type { TemplateRenderer } from './template-worker'

export interface ServiceCall {
  readonly signal: AbortSignal
  readonly onEvent: (event: ModelEvent) => void
  readonly onToken: (delta: TokenDelta) => void
  /** asks the other process before a token is written */
  readonly ask: TokenHold['ask']
}

export interface ServiceParts {
  readonly settings: HostSettings
  readonly inspect: InspectFile
  readonly templates: TemplateRenderer
  readonly derived?: DerivedStore | undefined
  readonly onMemory: (models: readonly ModelMemory[]) => void
}

/** Everything the model host can do, each method as in `HostMethods`. Knows nothing of processes. */
export class LlamaService {
  readonly #chat: ChatForms

  private constructor(
    readonly parts: ServiceParts,
    readonly store: ModelStore,
  ) {
    this.#chat = new ChatForms(parts)
  }

  /** Loads llama.cpp and checks it. Throws `model-load-failed`. */
  static async start(parts: ServiceParts): Promise<LlamaService> {
    const libraries = await loadLibraries(parts.settings.device)
    const binding = bindLibraries(libraries)
    checkLayout(binding, libraries.release)
    return new LlamaService(parts, new ModelStore(libraries, binding, parts.settings, parts.inspect, parts.onMemory))
  }

  /** Runs a method of the protocol. */
  call<M extends keyof HostMethods>(method: M, args: HostMethods[M]['args'], call: ServiceCall): Promise<HostMethods[M]['result']> {
    const run = this.#methods[method] as (args: HostMethods[M]['args'], call: ServiceCall) => Promise<HostMethods[M]['result']>
    if (!Object.hasOwn(this.#methods, method)) throw new TributaryError('internal', `the model host has no method "${method}"`)
    return run(args, call)
  }

  async close(): Promise<void> {
    this.store.free()
    await this.parts.templates.close()
    await this.store.libraries.llama.dispose()
  }

  readonly #methods: { [M in keyof HostMethods]: (args: HostMethods[M]['args'], call: ServiceCall) => Promise<HostMethods[M]['result']> } =
    {
      describe: ({ model }, call) =>
        this.#glancing(model, call, async (runtime) => this.#describe(runtime.parts.lease.model(model.ref.id))),
      tokenize: ({ model, text, as }, call) =>
        this.#glancing(model, call, async (runtime) => {
          const { vocabulary } = runtime.parts.lease.model(model.ref.id).native
          if (as === 'prompt') return vocabulary.tokenizePrompt(text)
          return [...vocabulary.tokenize(text), ...(as === 'end' ? vocabulary.endTokens.slice(0, 1) : [])]
        }),
      nearestTokens: ({ model, texts }, call) =>
        this.#glancing(model, call, async (runtime) => nearestTexts(runtime.parts.lease.model(model.ref.id).native.vocabulary, texts)),
      renderChat: ({ model, messages }, call) =>
        this.#glancing(model, call, (runtime) => this.#chat.render(runtime.parts.lease.model(model.ref.id), messages, noticing(call))),
      template: ({ model }) => this.#chat.report(model),
      surprisal: ({ model, text }, call) =>
        this.#writing(model, call, (runtime) => surprisal(runtime, model.ref, text, this.#scoring(call))),
      score: ({ model, requests }, call) =>
        this.#writing(model, call, (runtime) =>
          scoreContinuations(runtime, model.ref, requests, { ...this.#scoring(call), onDone: textsTold(call) }),
        ),
      embed: ({ model, texts }, call) =>
        this.#reading(model, call, (runtime) =>
          embed(runtime.parts.lease.model(model.ref.id), model.ref, texts, this.#encoding(runtime, call)),
        ),
      readPairs: ({ model, pairs }, call) =>
        this.#reading(model, call, (runtime) =>
          readPairs(runtime.parts.lease.model(model.ref.id), model.ref, pairs, this.#encoding(runtime, call)),
        ),
      activations: ({ model, ...request }, call) =>
        this.#looking(model, 0, call, (runtime) => this.#activations(runtime, runtime.parts.lease.model(model.ref.id), request, call)),
      statistics: ({ model, request }, call) =>
        this.#looking(model, request.grams?.width ?? 0, call, (runtime) =>
          measureStatistics(runtime, runtime.parts.lease.model(model.ref.id), request, this.#scoring(call)),
        ),
      decode: (args, call) => this.#decode(args, call),
      decodeAll: (args, call) => this.#decodeAll(args, call),
      forget: async ({ id }) => this.store.forget(id),
      status: async () => this.#status(),
    }

  /** Decoding does not know of loads and waits for them: they are added here. */
  async #decode({ models, program, hold: when }: HostMethods['decode']['args'], call: ServiceCall): Promise<Decoded> {
    await this.store.plan(models, [program])
    return this.#with(models, call, async (runtime) => {
      const { loadMs, waitMs } = runtime.parts.lease
      const onEvent = (event: ModelEvent): void =>
        call.onEvent(event.type === 'usage' ? { ...event, usage: { ...event.usage, loadMs, waitMs } } : event)
      const decoded = await decode(program, runtime, { ...call, onEvent, ...(when ? { hold: { when, ask: call.ask } } : {}) })
      return { ...decoded, usage: { ...decoded.usage, loadMs, waitMs } }
    })
  }

  /** Loads and waits are those of all, and told with the first. */
  async #decodeAll({ models, programs }: HostMethods['decodeAll']['args'], call: ServiceCall): Promise<Decoded[]> {
    await this.store.plan(models, programs)
    return this.#with(models, call, async (runtime) => {
      const { loadMs, waitMs } = runtime.parts.lease
      const { signal, onEvent } = call
      const decoded = await decodeAll(programs, runtime, {
        signal,
        onEvent: (event) => (event.type === 'usage' ? undefined : onEvent(event)),
      })
      return decoded.map((one, i) => {
        const usage = i === 0 ? { ...one.usage, loadMs, waitMs } : one.usage
        onEvent({ type: 'usage', usage })
        return { ...one, usage }
      })
    })
  }

  async #activations(
    runtime: LlamaRuntime,
    model: LoadedModel,
    request: ActivationRequest,
    call: ServiceCall,
  ): Promise<ActivationSummary[]> {
    const moments = new ActivationMoments()
    const wish = { everyLogit: false, sumsBytes: 0 }
    const tap = await ActivationTap.open(model, runtime.parts.lease, wish, namePattern(request.tensors))
    try {
      for (const [i, prompt] of request.prompts.entries()) {
        call.signal.throwIfAborted()
        await tap.read(await promptTokens(runtime.parts, model, prompt), (activation) => moments.add(activation))
        call.onEvent({ type: 'prompt-progress', done: i + 1, total: request.prompts.length })
      }
      return moments.summaries()
    } finally {
      tap.close()
    }
  }

  #describe({ native, contextTokens }: LoadedModel): ModelDescription {
    const { llama } = this.store.libraries
    return {
      architecture: native.architecture,
      vocabularySize: native.vocabulary.size,
      contextTokens,
      embeddingDimensions: native.embeddingDimensions,
      hasChatTemplate: native.chatTemplate !== null,
      canEmbed: native.poolingType !== pooling.none && native.poolingType !== pooling.rank,
      labels: native.labels,
      canDistribution: native.canDistribution,
      device: llama.gpu === false ? 'cpu' : llama.gpu,
    }
  }

  #status(): HostStatus {
    const { store } = this
    const { llama, release } = store.libraries
    return {
      release,
      device: llama.gpu === false ? 'cpu' : llama.gpu,
      threads: store.threads,
      memoryBytes: store.memoryBytes,
      budgetBytes: store.budgetBytes,
      models: store.models.map(({ id, native, memoryBytes, leases }) => ({ id, name: native.name, memoryBytes, leases })),
    }
  }

  /** For methods that look at what is computed inside: refused before loading where that can never fit. */
  async #looking<Result>(
    model: ModelFile,
    gramWidth: number,
    call: ServiceCall,
    work: (runtime: LlamaRuntime) => Promise<Result>,
  ): Promise<Result> {
    await this.store.planTap(model, gramWidth)
    return this.#writing(model, call, work)
  }

  /** For methods that need logits. */
  #writing<Result>(model: ModelFile, call: ServiceCall, work: (runtime: LlamaRuntime) => Promise<Result>): Promise<Result> {
    return this.#reading(model, call, async (runtime) => {
      await runtime.describe(model.ref)
      return work(runtime)
    })
  }

  /** For methods that read texts and write none: tells at the end where time and tokens went. */
  #reading<Result>(model: ModelFile, call: ServiceCall, work: (runtime: LlamaRuntime) => Promise<Result>): Promise<Result> {
    return this.#with([model], call, async (runtime) => {
      const started = performance.now()
      const result = await work(runtime)
      const { loadMs, waitMs } = runtime.parts.lease
      const { read, reused, passes } = runtime.counted
      const promptMs = performance.now() - started
      call.onEvent({
        type: 'usage',
        usage: { ...noUsage, loadMs, waitMs, promptMs, promptTokens: read + reused, reusedTokens: reused, passes },
      })
      return result
    })
  }

  /** For methods that only ask something of a model and open nothing on it. */
  #glancing<Result>(model: ModelFile, call: ServiceCall, work: (runtime: LlamaRuntime) => Promise<Result>): Promise<Result> {
    return this.#with([model], call, work, false)
  }

  async #with<Result>(
    models: readonly ModelFile[],
    call: ServiceCall,
    work: (runtime: LlamaRuntime) => Promise<Result>,
    opensLanes = true,
  ): Promise<Result> {
    const lease = await this.store.lease(models, call, opensLanes)
    const runtime = new LlamaRuntime({
      binding: this.store.binding,
      llama: this.store.libraries.llama,
      lease,
      renderChat: (model, messages) => this.#chat.render(model, messages, noticing(call)),
      derived: this.parts.derived,
      onPrompt: promptTeller(call.onEvent),
    })
    try {
      return await work(runtime)
    } finally {
      runtime.close()
      lease.release()
    }
  }

  #encoding(runtime: LlamaRuntime, call: ServiceCall): EmbeddingCall {
    const onTokens = (tokens: number): void => {
      runtime.counted.read += tokens
      runtime.counted.passes++
    }
    const { reserve, settled } = runtime.parts.lease
    return { ...this.#scoring(call), onTokens, reserve, settled }
  }

  #scoring(call: ServiceCall): { signal: AbortSignal; onProgress: (done: number, total: number) => void } {
    return { signal: call.signal, onProgress: (done, total) => call.onEvent({ type: 'prompt-progress', done, total }) }
  }
}

const textsTold =
  ({ onEvent }: Pick<ServiceCall, 'onEvent'>) =>
  (done: number, total: number): void =>
    onEvent({ type: 'texts-progress', done, total })

const noticing =
  ({ onEvent }: Pick<ServiceCall, 'onEvent'>) =>
  (message: string): void =>
    onEvent({ type: 'notice', message })
