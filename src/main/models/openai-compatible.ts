import { TributaryError } from '../../shared/errors'
import type { DistributionExpression } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { Backend } from './backend'
import type {
  Call,
  ContinuationScore,
  DecodeCall,
  Decoded,
  DecodeProgram,
  LanguageModel,
  ModelDescription,
  ScoreRequest,
  TextPair,
  TokenSurprisal,
} from './model'
import { oneByOne } from './one-by-one'
import { complete } from './openai/complete'
import { echoSchema, embeddingsSchema, modelsSchema, rerankSchema } from './openai/schemas'
import { askForJson, backendError, type RemoteServer } from './openai/server-request'

export type { RemoteServer } from './openai/server-request'

/** Any server that speaks OpenAI's protocol: llama-server, vLLM, Ollama, LM Studio, Tributary's own, and the one that gave it its name. */
export class OpenAiBackend implements Backend {
  constructor(readonly servers: () => readonly RemoteServer[]) {}

  async open(ref: ModelRef): Promise<LanguageModel> {
    const { server, model } = this.#find(ref)
    return new RemoteModel(ref, server, model)
  }

  async decode(program: DecodeProgram, call: DecodeCall): Promise<Decoded> {
    const leaf = program.expression as Extract<DistributionExpression, { op: 'lm'; prompt: unknown }>
    const { server, model } = this.#find(leaf.model)
    if (program.prefix)
      throw new TributaryError('model-unsupported', `"${leaf.model.name}" is on a server, which cannot be told how its answer begins.`, {
        hint: 'choose a model on this machine, or clear “Begins with”',
        place: { port: 'prefix' },
      })
    return complete({ server, model, prompt: leaf.prompt, program }, call)
  }

  async close(): Promise<void> {}

  /** A reference is `<server id>/<model name>`. */
  #find(ref: ModelRef): { server: RemoteServer; model: string } {
    const slash = ref.id.indexOf('/')
    const id = ref.id.slice(0, Math.max(0, slash))
    const server = this.servers().find((candidate) => candidate.id === id)
    if (server) return { server, model: ref.id.slice(slash + 1) }
    throw new TributaryError('model-missing', `"${ref.name}" is on a server "${id || ref.id}" that the settings do not know.`, {
      hint: 'Add the server in the settings, or choose another model.',
    })
  }
}

/** Texts in one request for embeddings. */
const embeddingBatch = 64
/** Where a server does not say how much it reads. */
const assumedContext = 4096

class RemoteModel implements LanguageModel {
  constructor(
    readonly ref: ModelRef,
    readonly server: RemoteServer,
    readonly model: string,
  ) {}

  async describe(call: Call): Promise<ModelDescription> {
    const models = modelsSchema.safeParse(await this.#ask('/models', undefined, call))
    const entry = models.data?.data.find(({ id }) => id === this.model)
    if (models.success && models.data.data.length > 0 && !entry)
      throw new TributaryError('model-missing', `The server "${this.server.id}" has no model "${this.model}".`, {
        hint: `It has: ${models.data.data
          .map(({ id }) => id)
          .slice(0, 8)
          .join(', ')}.`,
      })
    return {
      architecture: 'remote',
      vocabularySize: entry?.meta?.n_vocab ?? 0,
      contextTokens: entry?.max_model_len ?? entry?.meta?.n_ctx ?? entry?.meta?.n_ctx_train ?? assumedContext,
      embeddingDimensions: entry?.meta?.n_embd ?? 0,
      hasChatTemplate: true,
      canEmbed: true,
      labels: ['relevance'],
      canDistribution: false,
      device: `server ${this.server.id}`,
    }
  }

  /** Not part of OpenAI's protocol; llama-server and vLLM have it beside. */
  async tokenize(text: string, call: Call): Promise<number[]> {
    const answer = await this.#askBeside(
      '/tokenize',
      { model: this.model, content: text, prompt: text, add_special: false, add_special_tokens: false },
      call,
    )
    const { tokens } = answer as { tokens?: unknown }
    if (Array.isArray(tokens) && tokens.every((token) => typeof token === 'number')) return tokens
    throw this.#cannot('show its tokens')
  }

  /** Not part of OpenAI's protocol; llama-server has it beside. */
  async renderChat(messages: Parameters<LanguageModel['renderChat']>[0], call: Call): Promise<string> {
    const { prompt } = (await this.#askBeside('/apply-template', { messages }, call)) as { prompt?: unknown }
    if (typeof prompt === 'string') return prompt
    throw this.#cannot('show how it renders a chat')
  }

  async surprisal(text: string, call: Call): Promise<TokenSurprisal[]> {
    const { tokens, token_logprobs } = await this.#echo(text, call)
    return tokens.map((token, i) => ({ text: token, nats: -(token_logprobs[i] ?? 0) }))
  }

  async scoreContinuations({ prompt, continuations, end, steps }: ScoreRequest, call: Call): Promise<ContinuationScore[]> {
    if (steps) throw this.#cannot('tell how sure it is of each token')
    if (prompt.kind === 'chat' || end) throw this.#cannot(end ? 'score the end of a text' : 'score answers in a chat')
    const scores: ContinuationScore[] = []
    for (const continuation of continuations) {
      const { token_logprobs, text_offset } = await this.#echo(prompt.text + continuation, call)
      const own = token_logprobs.filter((_, i) => (text_offset[i] as number) >= prompt.text.length)
      scores.push({ logprob: own.reduce<number>((sum, logprob) => sum + (logprob ?? 0), 0), tokens: own.length })
    }
    return scores
  }

  scoreAll(requests: readonly ScoreRequest[], call: Call): Promise<ContinuationScore[][]> {
    return oneByOne(requests, call, (request) => this.scoreContinuations(request, call))
  }

  async embed(texts: readonly string[], call: Call): Promise<Float32Array[]> {
    const vectors: Float32Array[] = []
    for (let start = 0; start < texts.length; start += embeddingBatch) {
      const input = texts.slice(start, start + embeddingBatch)
      const parsed = embeddingsSchema.safeParse(
        await this.#ask('/embeddings', { model: this.model, input, encoding_format: 'float' }, call),
      )
      if (!parsed.success || parsed.data.data.length !== input.length)
        throw backendError(this.server, 'answered with something that is not a list of embeddings')
      for (const { embedding } of parsed.data.data.toSorted((a, b) => a.index - b.index)) vectors.push(unit(embedding))
    }
    return vectors
  }

  /** Not part of OpenAI's protocol; llama-server, vLLM and others have Jina's route: one query, many passages, one score each. */
  async readPairs(pairs: readonly TextPair[], call: Call): Promise<Float32Array[]> {
    const rows: Float32Array[] = new Array(pairs.length)
    for (const query of new Set(pairs.map(({ first }) => first))) {
      const places = [...pairs.keys()].filter((place) => pairs[place]?.first === query)
      const documents = places.map((place) => (pairs[place] as TextPair).second)
      const body = { model: this.model, query, documents }
      const answer = await this.#ask('/rerank', body, call).catch((error: unknown) => Promise.reject(this.#refused(error)))
      const results = rerankSchema.safeParse(answer).data?.results ?? []
      for (const { index, relevance_score } of results) {
        const place = places[index]
        if (place !== undefined) rows[place] = Float32Array.of(relevance_score)
      }
      if (places.some((place) => rows[place] === undefined))
        throw backendError(this.server, 'answered with something that is not one score for each passage')
    }
    return rows
  }

  /** Log-probabilities of a text's own tokens, without the one token that some servers insist on adding. */
  async #echo(text: string, call: Call): Promise<{ tokens: string[]; token_logprobs: (number | null)[]; text_offset: number[] }> {
    const body = { model: this.model, prompt: text, echo: true, max_tokens: 1, temperature: 0, logprobs: 1 }
    const parsed = echoSchema.safeParse(
      await this.#ask('/completions', body, call).catch((error: unknown) => Promise.reject(this.#refused(error))),
    )
    const logprobs = parsed.data?.choices[0]?.logprobs
    if (logprobs?.text_offset[0] !== 0) throw this.#cannot('tell the log-probabilities of a given text')
    const own = logprobs.text_offset.filter((offset) => offset < text.length).length
    return {
      tokens: logprobs.tokens.slice(0, own),
      token_logprobs: logprobs.token_logprobs.slice(0, own),
      text_offset: logprobs.text_offset.slice(0, own),
    }
  }

  #ask(path: string, body: unknown, call: Call): Promise<unknown> {
    return askForJson({ server: this.server, path, ...(body === undefined ? {} : { body }), signal: call.signal })
  }

  /** An address beside the versioned one, e.g. `/tokenize` beside `/v1`. */
  #askBeside(path: string, body: unknown, call: Call): Promise<unknown> {
    const server = { ...this.server, url: this.server.url.replace(/\/v\d+\/*$/, '') }
    return askForJson({ server, path, body, signal: call.signal }).catch((error: unknown) => Promise.reject(this.#refused(error)))
  }

  /** Where a server does not know a route, the model cannot do what was asked; other failures stay what they are. */
  #refused(error: unknown): unknown {
    const status = error instanceof TributaryError ? (error.details as { status?: number } | undefined)?.status : undefined
    return status === 404 || status === 405 || status === 400 || status === 501 ? this.#cannot('do this') : error
  }

  #cannot(what: string): TributaryError {
    return new TributaryError('model-unsupported', `The server "${this.server.id}" cannot ${what}.`, { hint: 'Use a local model here.' })
  }
}

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (x) => (length > 0 ? x / length : 0))
}
