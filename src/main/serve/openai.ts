import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { type ErrorCode, type ErrorReport, exitCodeOf, TributaryError, toErrorReport } from '../../shared/errors'
import type { ModelRef } from '../../shared/value'
import type { App, Pipeline } from '../app'
import { createGuard, type GuardedRequest } from './guard'

/**
 * An OpenAI-compatible server: local models, and saved pipelines as if they were models (`pipeline/<id>`). A listener of its own with a key of its own,
 * loopback only. A body that carries a graph is refused like any unknown thing: only what is stored can run.
 */
export interface ApiServer {
  readonly url: string
  readonly key: string
  close(): Promise<void>
}

const completionRequest = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: z.string() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().min(1).max(32_768).nullish(),
  max_completion_tokens: z.number().int().min(1).max(32_768).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
})
type CompletionRequest = z.infer<typeof completionRequest>

const embeddingRequest = z.looseObject({ model: z.string(), input: z.union([z.string(), z.array(z.string()).min(1).max(2048)]) })

export async function serveOpenAi(app: App, options: { port: number; key?: string }): Promise<ApiServer> {
  let port = options.port
  const guard = createGuard({
    hosts: () => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`],
    ...(options.key === undefined ? {} : { token: options.key }),
  })
  const http = fastify({ bodyLimit: 8 * 1024 * 1024, logger: false, forceCloseConnections: true })
  http.addHook('onRequest', async (request, reply) => {
    const { host, origin, authorization } = request.headers
    const facts: GuardedRequest = { host, origin, site: request.headers['sec-fetch-site'] as string | undefined, authorization }
    const refusal = guard.judge(facts, 'token')
    if (refusal) await reply.code(refusal.status).send({ error: { message: refusal.message, type: 'invalid_request_error' } })
  })
  http.setErrorHandler((error, _request, reply) => fail(reply, error))
  addRoutes(http, app)
  await http.listen({ host: '127.0.0.1', port: options.port })
  port = (http.server.address() as AddressInfo).port
  return { url: `http://127.0.0.1:${port}/v1`, key: guard.token, close: () => http.close() }
}

function addRoutes(http: FastifyInstance, app: App): void {
  http.get('/v1/models', async () => ({
    object: 'list',
    data: [
      ...(await app.localModels()).map(({ name }) => ({ id: name, object: 'model', owned_by: 'tributary' })),
      ...(await app.pipelines()).map(({ id }) => ({ id: `pipeline/${id}`, object: 'model', owned_by: 'tributary' })),
    ],
  }))
  http.post('/v1/chat/completions', async (request, reply) => {
    const body = parse(completionRequest, request.body)
    const controller = new AbortController()
    reply.raw.on('close', () => controller.abort(new TributaryError('not-allowed', 'The client went away.')))
    await complete(app, body, reply, controller.signal)
    return reply
  })
  http.post('/v1/embeddings', async (request) => {
    const body = parse(embeddingRequest, request.body)
    const texts = typeof body.input === 'string' ? [body.input] : body.input
    const model = await app.pool.open(await findModel(app, body.model))
    const vectors = await model.embed(texts, { signal: AbortSignal.timeout(300_000) })
    return {
      object: 'list',
      model: body.model,
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: Array.from(vector) })),
      usage: { prompt_tokens: 0, total_tokens: 0 },
    }
  })
}

interface Answer {
  readonly text: string
  readonly finish: 'stop' | 'length'
  readonly promptTokens: number
  readonly tokens: number
  readonly logprobs?: object
}

async function complete(app: App, body: CompletionRequest, reply: FastifyReply, signal: AbortSignal): Promise<void> {
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: body.model }
  const produce = body.model.startsWith('pipeline/') ? runPipeline : runModel
  if (!body.stream) {
    const answer = await produce(app, body, signal, () => undefined)
    const usage = usageOf(answer)
    const choice = {
      index: 0,
      message: { role: 'assistant', content: answer.text },
      finish_reason: answer.finish,
      logprobs: answer.logprobs ?? null,
    }
    await reply.send({ ...head, object: 'chat.completion', choices: [choice], usage })
    return
  }
  const write = (payload: unknown) => {
    begin(reply)
    reply.raw.write(`data: ${JSON.stringify(payload)}\n\n`)
  }
  const chunk = (delta: object, finish: string | null = null, logprobs: object | null = null) =>
    write({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish, logprobs }] })
  // A comment every ten seconds keeps proxies from closing a quiet stream; clients ignore it.
  const beat = setInterval(() => {
    begin(reply)
    reply.raw.write(': working\n\n')
  }, 10_000)
  try {
    const answer = await produce(app, body, signal, (text) => chunk(reply.sent ? { content: text } : { role: 'assistant', content: text }))
    // Text streams as it comes; log-probabilities are known whole at the end and go with the last chunk.
    chunk({}, answer.finish, answer.logprobs ?? null)
    if (body.stream_options?.include_usage) write({ ...head, object: 'chat.completion.chunk', choices: [], usage: usageOf(answer) })
    reply.raw.write('data: [DONE]\n\n')
  } catch (thrown) {
    // As long as nothing was sent, the answer has the status that it would have without a stream.
    if (!reply.sent) throw thrown
    write(errorBody(toErrorReport(thrown)))
  } finally {
    clearInterval(beat)
    if (reply.sent) reply.raw.end()
  }
}

/** The head of a stream goes out with its first piece. */
function begin(reply: FastifyReply): void {
  if (reply.sent) return
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
}

async function runModel(app: App, body: CompletionRequest, signal: AbortSignal, onText: (text: string) => void): Promise<Answer> {
  const model = await findModel(app, body.model)
  const messages = body.messages.map(({ role, content }) => ({ role: role === 'developer' ? ('system' as const) : role, content }))
  const stop = body.stop == null ? [] : typeof body.stop === 'string' ? [body.stop] : body.stop
  const decoded = await app.pool.decode(
    {
      expression: { op: 'lm', model, prompt: { kind: 'chat', messages } },
      sampler: { temperature: body.temperature ?? 1, topK: 0, topP: body.top_p ?? 1, minP: 0, repetitionPenalty: 1 },
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? 512,
      stop,
      seed: (body.seed ?? Math.floor(Math.random() * 0xffffffff)) >>> 0,
      ...(body.logprobs ? { trace: { topK: Math.max(1, body.top_logprobs ?? 1) } } : {}),
    },
    { signal, onToken: (delta) => onText(delta.text) },
  )
  const logprobs = decoded.trace && {
    content: decoded.trace.steps.map((step) => ({
      token: step.text,
      logprob: step.logprob,
      bytes: null,
      top_logprobs: step.top
        .slice(0, body.top_logprobs ?? 0)
        .map(([token, probability]) => ({ token, logprob: Math.log(probability), bytes: null })),
    })),
  }
  return {
    text: decoded.text,
    finish: decoded.finish === 'length' ? 'length' : 'stop',
    promptTokens: decoded.usage.promptTokens + decoded.usage.reusedTokens,
    tokens: decoded.tokens,
    ...(logprobs ? { logprobs } : {}),
  }
}

/** The pipeline's one chat or text input gets the conversation or its last turn; its first text output is the answer. */
async function runPipeline(app: App, body: CompletionRequest, signal: AbortSignal, onText: (text: string) => void): Promise<Answer> {
  const pipeline = (await app.pipelines()).find(({ id }) => body.model === `pipeline/${id}`)
  if (!pipeline) throw noModel(body.model)
  const answer = await app.runPipeline(pipeline, inputFor(pipeline, body), {
    signal,
    ...(body.seed == null ? {} : { seed: body.seed >>> 0 }),
  })
  onText(answer.text)
  return { text: answer.text, finish: 'stop', promptTokens: 0, tokens: answer.tokens }
}

function inputFor(pipeline: Pipeline, body: CompletionRequest): Record<string, unknown> {
  if (pipeline.inputKind === 'messages') return { [pipeline.input]: body.messages }
  return { [pipeline.input]: body.messages.findLast((message) => message.role === 'user')?.content ?? '' }
}

async function findModel(app: App, name: string): Promise<ModelRef> {
  const found = (await app.localModels()).find((model) => model.name === name || model.id === name)
  if (!found) throw noModel(name)
  return found
}

const noModel = (name: string): TributaryError =>
  new TributaryError('model-missing', `There is no model “${name}” here.`, { hint: 'GET /v1/models lists what there is.' })

const usageOf = (answer: Answer): object => ({
  prompt_tokens: answer.promptTokens,
  completion_tokens: answer.tokens,
  total_tokens: answer.promptTokens + answer.tokens,
})

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new TributaryError('usage', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not understood'}.`)
}

/** What the client asked for cannot be had, however often it asks. */
const clientsFault: ReadonlySet<ErrorCode> = new Set(['model-unsupported', 'context-overflow'])

function fail(reply: FastifyReply, thrown: unknown): FastifyReply {
  const report = toErrorReport(thrown)
  const isClients = exitCodeOf(report.code) === 2 || clientsFault.has(report.code)
  return reply.code(report.code === 'model-missing' ? 404 : isClients ? 400 : 500).send(errorBody(report))
}

/** OpenAI's own name where it has one. */
const errorBody = ({ code, message }: ErrorReport): object => ({
  error: {
    message,
    type: code === 'model-missing' || exitCodeOf(code) === 2 || clientsFault.has(code) ? 'invalid_request_error' : 'server_error',
    code: code === 'context-overflow' ? 'context_length_exceeded' : code,
  },
})
