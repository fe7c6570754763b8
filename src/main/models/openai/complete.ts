import { hash } from 'node:crypto'
import { TributaryError } from '../../../shared/errors'
import type { Prompt } from '../../../shared/expression'
import { canonicalJson } from '../../../shared/json'
import { noUsage } from '../../../shared/run/events'
import type { DecodeCall, Decoded, DecodeProgram, TraceStep, Usage } from '../model'
import { readEvents } from './event-stream'
import { type Chunk, chunkSchema, type TokenLogprob } from './schemas'
import { askServer, backendError, CutShort, parseJson, type RemoteServer, type ServerAnswer } from './server-request'

export interface Completion {
  readonly server: RemoteServer
  readonly model: string
  readonly prompt: Prompt
  readonly program: DecodeProgram
}

/** OpenAI's limit; others allow as many. */
const maxTopLogprobs = 20

/** Writes a text on the server, streaming. `logprob` is NaN where the server tells no log-probabilities. */
export async function complete(completion: Completion, call: DecodeCall): Promise<Decoded> {
  const optional = ['logprobs', 'route'] as const
  const without = new Set<(typeof optional)[number]>()
  for (;;) {
    const stream = new CompletionStream(completion, call)
    const asChat = completion.prompt.kind === 'chat' || without.has('route')
    const body = requestBody(completion, asChat, !without.has('logprobs'))
    const request = { server: completion.server, path: asChat ? '/chat/completions' : '/completions', body, signal: call.signal }
    tellPrompt(completion, body, call)
    try {
      return await askServer(
        request,
        (answer) => stream.read(answer),
        () => stream.isEmpty,
      )
    } catch (error) {
      const status = statusOf(error)
      // servers without plain completions, or without log-probabilities, are asked again without them
      if (!asChat && (status === 404 || status === 405)) without.add('route')
      else if ((status === 400 || status === 422) && !without.has('logprobs')) without.add('logprobs')
      else throw error
    }
  }
}

/** What is sent: the server renders its own template, so the messages are told of as they are, in canonical JSON. */
function tellPrompt({ server, model }: Completion, { prompt, messages }: Record<string, unknown>, { onEvent }: DecodeCall): void {
  const text = typeof prompt === 'string' ? prompt : canonicalJson(messages)
  onEvent?.({ type: 'prompt', model, id: `${server.id}/${model}`, sha256: hash('sha256', text, 'hex'), characters: text.length })
}

function requestBody({ model, prompt, program }: Completion, asChat: boolean, logprobs: boolean): Record<string, unknown> {
  const { sampler, stop, seed, maxTokens, jsonSchema, trace } = program
  const top = Math.min(maxTopLogprobs, trace?.topK ?? 0)
  const messages = prompt.kind === 'chat' ? prompt.messages : [{ role: 'user', content: prompt.text }]
  return {
    model,
    ...(asChat ? { messages } : { prompt: prompt.kind === 'text' ? prompt.text : '' }),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    temperature: sampler.temperature,
    top_p: sampler.topP,
    seed,
    ...(stop.length > 0 ? { stop: stop.slice(0, 4) } : {}),
    ...(sampler.topK > 0 ? { top_k: sampler.topK } : {}),
    ...(sampler.minP > 0 ? { min_p: sampler.minP } : {}),
    ...(sampler.repetitionPenalty === 1
      ? {}
      : { repeat_penalty: sampler.repetitionPenalty, repetition_penalty: sampler.repetitionPenalty }),
    ...(jsonSchema ? { response_format: { type: 'json_schema', json_schema: { name: 'output', schema: jsonSchema, strict: true } } } : {}),
    ...(logprobs && asChat ? { logprobs: true, ...(top > 0 ? { top_logprobs: top } : {}) } : {}),
    ...(logprobs && !asChat ? { logprobs: top } : {}),
  }
}

/** Reads one streamed answer. */
class CompletionStream {
  #text = ''
  #finish: string | undefined
  #usage: Chunk['usage']
  #logprob = 0
  #known = 0
  #deltas = 0
  #firstAt: number | undefined
  readonly #started = performance.now()
  readonly #steps: TraceStep[] = []

  constructor(
    readonly completion: Completion,
    readonly call: DecodeCall,
  ) {}

  /** nothing has been given away, so the request may be repeated */
  get isEmpty(): boolean {
    return this.#text === ''
  }

  async read({ pieces }: ServerAnswer): Promise<Decoded> {
    const { server } = this.completion
    let saysDone = false
    for await (const data of readEvents(pieces)) {
      saysDone = data === '[DONE]'
      if (saysDone) break
      this.#take(this.#parse(data))
    }
    if (this.#finish !== undefined) return this.#decoded()
    // a server that is shut down closes its streams politely; to whoever waits it is as gone as one that was killed
    const after = `(after ${this.#text.length} characters)`
    if (!saysDone) throw new CutShort(server, `closed the connection before the answer was complete ${after}`)
    throw backendError(server, `ended its answer without saying why ${after}`)
  }

  #parse(data: string): Chunk {
    const { server } = this.completion
    const parsed = chunkSchema.safeParse(parseJson(server, data))
    if (!parsed.success) throw backendError(server, `sent a piece that is not a completion: ${data.slice(0, 120)}`)
    if (parsed.data.error !== undefined && parsed.data.error !== null)
      throw backendError(server, `failed while it wrote: ${JSON.stringify(parsed.data.error).slice(0, 300)}`)
    return parsed.data
  }

  #take(chunk: Chunk): void {
    this.#usage = chunk.usage ?? this.#usage
    const [choice] = chunk.choices
    if (!choice) return
    const text = choice.delta?.content ?? choice.text ?? ''
    const entries = choice.logprobs?.content ?? []
    for (const entry of entries) this.#takeLogprob(entry)
    this.#finish = choice.finish_reason ?? this.#finish
    if (text === '') return
    this.#firstAt ??= performance.now()
    this.#text += text
    const tokens = Math.max(1, entries.length)
    this.#deltas += tokens
    this.call.onToken?.({ text, tokens, accepted: 0, rejected: 0 })
  }

  #takeLogprob(entry: TokenLogprob): void {
    this.#logprob += entry.logprob
    this.#known++
    const top = (entry.top_logprobs ?? []).map(({ token, logprob }) => [token, Math.exp(logprob)] as const)
    this.#steps.push({
      text: entry.token,
      id: -1,
      entropy: top.reduce((sum, [, p]) => sum - (p > 0 ? p * Math.log(p) : 0), 0), // of what the server shows
      logprob: entry.logprob,
      origin: 'target',
      rejected: [],
      decidedBy: 0,
      top,
      sourceTop: [top],
    })
  }

  #decoded(): Decoded {
    const tokens = this.#usage?.completion_tokens ?? this.#deltas
    const usage: Usage = {
      ...noUsage,
      promptMs: (this.#firstAt ?? performance.now()) - this.#started,
      decodeMs: performance.now() - (this.#firstAt ?? performance.now()),
      promptTokens: this.#usage?.prompt_tokens ?? 0,
      reusedTokens: this.#usage?.prompt_tokens_details?.cached_tokens ?? 0,
      tokens,
      passes: tokens,
    }
    this.call.onEvent?.({ type: 'usage', usage })
    return {
      text: this.#text,
      tokens,
      finish: this.#finish === 'length' ? 'length' : 'end',
      logprob: this.#known > 0 ? this.#logprob : Number.NaN,
      usage,
      ...(this.completion.program.trace && this.#steps.length > 0
        ? { trace: { sources: [this.completion.model], steps: this.#steps } }
        : {}),
    }
  }
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof TributaryError ? (error.details as { status?: number } | undefined)?.status : undefined
