import type { Llama } from 'node-llama-cpp'
import type { DerivedStore } from '../../shared/derived-store'
import { TributaryError } from '../../shared/errors'
import type { Prompt } from '../../shared/expression'
import type { JsonObject } from '../../shared/json'
import type { ChatMessage, ModelRef } from '../../shared/value'
import type { EvaluateRequest, OpenRequest, Runtime, SourceModel, TokenConstraint, TokenSequence } from '../decoding/source'
import type { Binding } from './binding'
import { GrammarConstraint, grammarOfSchema } from './grammar'
import type { IdleLane, LoadedModel } from './loaded-model'
import type { ModelLease } from './model-store'
import { commonPrefix } from './sequence-cache'
import { type LaneSequence, laneRequest, SequenceGroup } from './sequences'

export interface RuntimeParts {
  readonly binding: Binding
  readonly llama: Llama
  readonly lease: ModelLease
  /** the chat as one string, by the model's own template */
  renderChat(model: LoadedModel, messages: readonly ChatMessage[]): Promise<string>
  readonly derived?: DerivedStore | undefined
  /** told of each text that a model reads, after its template */
  readonly onPrompt?: (model: LoadedModel, text: string) => void
}

/** The decoding room's view of libllama, for one call: its models are leased, its sequences live in lanes that `close` gives back. */
export class LlamaRuntime implements Runtime {
  readonly #groups = new Set<SequenceGroup>()
  /** tokens read and tokens found in caches so far */
  readonly counted = { read: 0, reused: 0, passes: 0 }

  constructor(readonly parts: RuntimeParts) {}

  get derived(): DerivedStore | undefined {
    return this.parts.derived
  }

  now(): number {
    return performance.now()
  }

  async describe(ref: ModelRef): Promise<SourceModel> {
    const model = this.parts.lease.model(ref.id)
    if (!model.native.canDistribution) throw noDistribution(ref)
    return {
      ref,
      vocabulary: model.native.vocabulary,
      contextTokens: model.contextTokens,
      cacheBytesPerToken: model.native.cacheBytesPerToken,
      canTruncate: model.native.canTruncate,
      tokenizePrompt: (prompt) => promptTokens(this.parts, model, prompt),
      ...(model.embeddings && { embeddings: model.embeddings }),
    }
  }

  async open(requests: readonly OpenRequest[], signal: AbortSignal): Promise<TokenSequence[]> {
    signal.throwIfAborted()
    const byModel = groupBy([...requests.keys()], (i) => laneKey(requests, i))
    const lanes = [...byModel.keys()].sort().map((key): WantedLane => {
      const positions = byModel.get(key) as number[]
      const wanted = positions.map((i) => requests[i] as OpenRequest)
      return { model: this.parts.lease.model((wanted[0] as OpenRequest).model.id), positions, requests: wanted, taken: undefined }
    })
    await this.#makeRoom(lanes)
    const opened: TokenSequence[] = new Array(requests.length)
    for (const lane of lanes) {
      const { group, sequences } = await SequenceGroup.open(lane.model, lane.requests, lane.taken)
      lane.taken = undefined
      this.#groups.add(group)
      lane.positions.forEach((position, i) => {
        opened[position] = sequences[i] as LaneSequence
      })
    }
    this.parts.lease.settled()
    for (const { length } of opened) this.counted.reused += length
    return opened
  }

  /** Such that their contexts, and the rows of logits that they are read into, take a quarter of what this call may have. */
  fitting(lists: readonly (readonly OpenRequest[])[]): number {
    const { lease } = this.parts
    const bytesOf = (count: number): number => {
      const requests = lists.slice(0, count).flat()
      let bytes = 0
      for (const some of groupBy([...requests.keys()], (i) => laneKey(requests, i)).values()) {
        const own = some.map((i) => requests[i] as OpenRequest)
        const model = lease.model((own[0] as OpenRequest).model.id)
        const request = laneRequest(own)
        bytes += model.laneBytes(request) + 4 * model.native.vocabulary.size * request.rows
      }
      return bytes
    }
    let count = lists.length
    while (count > 1 && bytesOf(count) > lease.roomBytes / 4) count--
    return count
  }

  /** Idle lanes are taken out first, so that nobody frees them; then room is made for all new ones at once. */
  async #makeRoom(lanes: WantedLane[]): Promise<void> {
    for (const lane of lanes) lane.taken = lane.model.takeLane(laneRequest(lane.requests))
    const fresh = lanes.filter(({ taken }) => taken === undefined)
    if (fresh.length === 0) return
    const bytes = fresh.reduce((sum, { model, requests }) => sum + model.laneBytes(laneRequest(requests)), 0)
    const names = [...new Set(fresh.map(({ model }) => `"${model.native.name}"`))].join(', ')
    try {
      await this.parts.lease.reserve(bytes, `the context of ${names}`)
    } catch (thrown) {
      for (const { model, taken } of lanes) if (taken) model.closeLane(taken.lane, taken.cached)
      throw thrown
    }
  }

  async evaluate(
    requests: readonly EvaluateRequest[],
    call: { readonly signal: AbortSignal; readonly onProgress?: (done: number, total: number) => void },
  ): Promise<void> {
    const lengths = requests.map(({ sequence }) => sequence.length)
    this.counted.passes++
    for (const { tokens } of requests) this.counted.read += tokens.length
    try {
      for (const [group, some] of groupBy(requests, ({ sequence }) => (sequence as LaneSequence).group)) await group.evaluate(some, call)
    } catch (error) {
      requests.forEach(({ sequence }, i) => {
        const before = lengths[i] as number
        if (sequence.length > before) sequence.truncate(before) // of a group that had succeeded before another failed
      })
      throw error
    }
  }

  async constrain(ref: ModelRef, schema: JsonObject): Promise<TokenConstraint> {
    const { binding, llama, lease } = this.parts
    return GrammarConstraint.fromGrammar(binding, lease.model(ref.id).native.vocabulary, await grammarOfSchema(llama, schema))
  }

  close(): void {
    for (const group of this.#groups) group.close()
    this.#groups.clear()
  }
}

interface WantedLane {
  readonly model: LoadedModel
  /** of its requests among all */
  readonly positions: readonly number[]
  readonly requests: readonly OpenRequest[]
  taken: IdleLane | undefined
}

/**
 * Requests on one model share a lane, so that they are evaluated together. One that does not stand side by side with others and repeats a prompt is a model that drafts for itself: they are never
 * evaluated together, and in a shared cache the cells of one would come to lie between those of the other, which changes the order of sums.
 */
function laneKey(requests: readonly OpenRequest[], i: number): string {
  const { model, prompt, sideBySide } = requests[i] as OpenRequest
  if (sideBySide) return `${model.id} side by side`
  const repeats = requests
    .slice(0, i)
    .filter((other) => other.model.id === model.id && commonPrefix(other.prompt, prompt) === prompt.length)
  return `${model.id} ${repeats.length}`
}

export async function promptTokens(
  parts: Pick<RuntimeParts, 'renderChat' | 'onPrompt'>,
  model: LoadedModel,
  prompt: Prompt,
): Promise<number[]> {
  const text = prompt.kind === 'text' ? prompt.text : await parts.renderChat(model, prompt.messages)
  parts.onPrompt?.(model, text)
  return model.native.vocabulary.tokenizePrompt(text)
}

export const noDistribution = (ref: ModelRef): TributaryError =>
  new TributaryError('model-unsupported', `"${ref.name}" cannot write text: it is an encoder.`, {
    hint: 'Choose a language model; keep this one for retrieval.',
  })

function groupBy<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
