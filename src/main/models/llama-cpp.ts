import { leavesOf } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { Backend } from './backend'
import type { HostClient } from './host-client'
import type { ActivationRequest, ActivationSummary, HostStatus, ModelFile } from './host-protocol'
import type { Call, DecodeProgram, LanguageModel } from './model'

/** Finds the file of a model; throws `model-missing`. */
export type ResolveModel = (ref: ModelRef) => Promise<{ readonly path: string }>

/** Models of this machine, through the model host. */
export class LlamaCppBackend implements Backend {
  constructor(
    readonly host: HostClient,
    readonly resolve: ResolveModel,
  ) {}

  async open(ref: ModelRef): Promise<LanguageModel> {
    await this.resolve(ref)
    return new LocalModel(this, ref)
  }

  async decode(program: DecodeProgram, call: Parameters<Backend['decode']>[1]): ReturnType<Backend['decode']> {
    return this.host.call('decode', { models: await Promise.all(refsOf(program).map((ref) => this.file(ref))), program }, call)
  }

  /** What passed through chosen tensors while prompts were read: what calibration measures. */
  async activations(ref: ModelRef, request: ActivationRequest, call: Call): Promise<ActivationSummary[]> {
    return this.host.call('activations', { model: await this.file(ref), ...request }, call)
  }

  /** Scores of texts as answers to a query, by a reranking model. */
  async rerank(ref: ModelRef, query: string, texts: readonly string[], call: Call): Promise<number[]> {
    return this.host.call('rerank', { model: await this.file(ref), query, texts }, call)
  }

  status(call: Call): Promise<HostStatus> {
    return this.host.call('status', {}, call)
  }

  close(): Promise<void> {
    return this.host.close()
  }

  async file(ref: ModelRef): Promise<ModelFile> {
    return { ref, path: (await this.resolve(ref)).path }
  }
}

class LocalModel implements LanguageModel {
  constructor(
    readonly backend: LlamaCppBackend,
    readonly ref: ModelRef,
  ) {}

  async describe(call: Call): ReturnType<LanguageModel['describe']> {
    return this.backend.host.call('describe', await this.#model(), call)
  }

  async tokenize(text: string, call: Call): Promise<number[]> {
    return this.backend.host.call('tokenize', { ...(await this.#model()), text }, call)
  }

  async renderChat(messages: Parameters<LanguageModel['renderChat']>[0], call: Call): Promise<string> {
    return this.backend.host.call('renderChat', { ...(await this.#model()), messages }, call)
  }

  async surprisal(text: string, call: Call): ReturnType<LanguageModel['surprisal']> {
    return this.backend.host.call('surprisal', { ...(await this.#model()), text }, call)
  }

  async scoreContinuations(
    request: Parameters<LanguageModel['scoreContinuations']>[0],
    call: Call,
  ): ReturnType<LanguageModel['scoreContinuations']> {
    return this.backend.host.call('score', { ...(await this.#model()), request }, call)
  }

  async embed(texts: readonly string[], call: Call): Promise<Float32Array[]> {
    return this.backend.host.call('embed', { ...(await this.#model()), texts }, call)
  }

  async #model(): Promise<{ model: ModelFile }> {
    return { model: await this.backend.file(this.ref) }
  }
}

/** All models that a program needs, each once: those of its leaves and of its drafter. */
export function refsOf(program: Pick<DecodeProgram, 'expression' | 'drafter'>): ModelRef[] {
  const all = [...leavesOf(program.expression).map(({ model }) => model), ...(program.drafter?.model ? [program.drafter.model] : [])]
  return [...new Map(all.map((ref) => [ref.id, ref])).values()]
}
