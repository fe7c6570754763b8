import { hash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { ModelRef } from '../../shared/value'
import type { DecodeCall, DecodeProgram, ModelEvent, ModelPool } from './model'
import { OpenAiBackend, type RemoteServer } from './openai-compatible'
import { poolOf } from './pool'

/** A real server on a real socket that answers as the test says; each answer is used once, the last one again and again. */
type Answer = (request: Recorded, response: ServerResponse) => void | Promise<void>
interface Recorded {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Record<string, unknown>
}

let server: Server | undefined
const recorded: Recorded[] = []
const call = { signal: new AbortController().signal }
const ref: ModelRef = { backend: 'openai-compatible', id: 'lab/tiny', name: 'tiny' }

afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  recorded.length = 0
})

async function start(answers: readonly Answer[], options: Partial<RemoteServer> = {}): Promise<ModelPool> {
  let next = 0
  server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const seen = {
      url: request.url as string,
      headers: request.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    }
    recorded.push(seen)
    await answers[Math.min(next++, answers.length - 1)]?.(seen, response)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const remote = { id: 'lab', url, key: 'secret', retry: { attempts: 3, baseMs: 5 }, ...options }
  return poolOf({ 'openai-compatible': new OpenAiBackend(() => [remote]) })
}

const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }

const delta = (content: string, more: Record<string, unknown> = {}): unknown => ({ choices: [{ delta: { content }, ...more }] })
const finish = { choices: [{ delta: {}, finish_reason: 'stop' }] }

const stream =
  (chunks: readonly unknown[], end: 'done' | 'close' | 'drop' | 'hang' = 'done'): Answer =>
  async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const chunk of chunks) response.write(`data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`)
    if (end === 'done') response.end('data: [DONE]\n\n')
    else if (end === 'close') response.end()
    else if (end === 'drop') setTimeout(() => response.destroy(), 20)
  }

const program = (more: Partial<DecodeProgram> = {}): DecodeProgram => ({
  expression: { op: 'lm', model: ref, prompt: { kind: 'chat', messages: [{ role: 'user', content: 'hi' }] } },
  sampler: { temperature: 0.7, topK: 0, topP: 0.9, minP: 0, repetitionPenalty: 1 },
  maxTokens: 32,
  stop: ['END'],
  seed: 5,
  ...more,
})

describe('text from a server', () => {
  it('streams, adds up usage and log-probabilities, and sends the key and the sampler', async () => {
    const logprobs = (token: string, logprob: number) => ({
      logprobs: { content: [{ token, logprob, top_logprobs: [{ token, logprob }] }] },
    })
    const pool = await start([
      stream([
        delta('Hel', logprobs('Hel', -0.5)),
        delta('lo', logprobs('lo', -0.25)),
        finish,
        { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } } },
      ]),
    ])
    const deltas: string[] = []
    const decoded = await pool.decode(program({ trace: { topK: 3 } }), { ...call, onToken: ({ text }) => deltas.push(text) })
    expect(deltas).toEqual(['Hel', 'lo'])
    expect(decoded).toMatchObject({
      text: 'Hello',
      tokens: 2,
      finish: 'end',
      logprob: -0.75,
      usage: { promptTokens: 9, reusedTokens: 4, tokens: 2 },
    })
    expect(decoded.trace?.steps.map(({ text }) => text)).toEqual(['Hel', 'lo'])
    const [request] = recorded as [Recorded]
    expect(request.url).toBe('/v1/chat/completions')
    expect(request.headers.authorization).toBe('Bearer secret')
    expect(request.body).toMatchObject({
      model: 'tiny',
      stream: true,
      temperature: 0.7,
      top_p: 0.9,
      seed: 5,
      stop: ['END'],
      max_tokens: 32,
      top_logprobs: 3,
    })
    expect(request.body).not.toHaveProperty('top_k') // neutral values are left out: not every server knows them
  })

  it('tells of what is sent, by hash', async () => {
    const pool = await start([stream([delta('ok'), finish])])
    const events: ModelEvent[] = []
    await pool.decode(program(), { ...call, onEvent: (event) => events.push(event) })
    const sent = '[{"content":"hi","role":"user"}]'
    expect(events).toContainEqual({
      type: 'prompt',
      model: 'tiny',
      id: 'lab/tiny',
      sha256: hash('sha256', sent, 'hex'),
      characters: sent.length,
    })
  })

  it('reads pieces that are cut anywhere, comments and line ends of any kind', async () => {
    const text = `: hello\r\n\r\ndata: ${JSON.stringify(delta('ü🙂'))}\r\n\r\ndata:${JSON.stringify(finish)}\n\ndata: [DONE]\n\n`
    const bytes = Buffer.from(text)
    const pool = await start([
      async (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (let i = 0; i < bytes.length; i += 7) {
          response.write(bytes.subarray(i, i + 7))
          await new Promise((resolve) => setImmediate(resolve))
        }
        response.end()
      },
    ])
    expect((await pool.decode(program(), call)).text).toBe('ü🙂')
  })

  it('tries again after 429 and 5xx, and waits as long as the server asks', async () => {
    const pool = await start([
      json({ error: { message: 'slow down' } }, 429, { 'retry-after': '0.05' }),
      json({}, 503),
      stream([delta('ok'), finish]),
    ])
    expect((await pool.decode(program(), call)).text).toBe('ok')
    expect(recorded).toHaveLength(3)
  })

  it('gives up after its attempts and says what the server said', async () => {
    const pool = await start([json({ error: { message: 'no capacity' } }, 503)])
    await expect(pool.decode(program(), call)).rejects.toMatchObject({
      code: 'backend-error',
      message: expect.stringMatching(/503: no capacity/),
    })
    expect(recorded).toHaveLength(3)
  })

  it('asks without log-probabilities where the server refuses them, and then has none', async () => {
    const pool = await start([json({ error: { message: 'logprobs are not supported' } }, 400), stream([delta('ok'), finish])])
    const decoded = await pool.decode(program(), call)
    expect(decoded).toMatchObject({ text: 'ok', logprob: Number.NaN })
    expect(recorded[1]?.body).not.toHaveProperty('logprobs')
  })

  it('uses plain completions for plain text, and a chat where the server has none', async () => {
    const expression = { op: 'lm', model: ref, prompt: { kind: 'text', text: 'once' } } as const
    const pool = await start([json({}, 404), stream([delta('upon'), finish])])
    expect((await pool.decode(program({ expression }), call)).text).toBe('upon')
    expect(recorded.map(({ url }) => url)).toEqual(['/v1/completions', '/v1/chat/completions'])
    expect(recorded[1]?.body).toMatchObject({ messages: [{ role: 'user', content: 'once' }] })
  })

  it('repeats a request whose connection broke before any text, but not after', async () => {
    const early = await start([stream([], 'drop'), stream([delta('ok'), finish])])
    expect((await early.decode(program(), call)).text).toBe('ok')
    server?.close()
    const late = await start([stream([delta('half')], 'drop')])
    recorded.length = 0
    await expect(late.decode(program(), call)).rejects.toMatchObject({ code: 'backend-unreachable' })
    expect(recorded).toHaveLength(1)
  })

  it('does not take an answer that ends without a reason for a whole one', async () => {
    const pool = await start([stream([delta('half')])])
    await expect(pool.decode(program(), call)).rejects.toMatchObject({
      code: 'backend-error',
      message: expect.stringMatching(/without saying why/),
    })
  })

  it('takes a connection that is closed politely in the middle as one that broke', async () => {
    const early = await start([stream([], 'close'), stream([delta('ok'), finish])])
    expect((await early.decode(program(), call)).text).toBe('ok')
    server?.close()
    const late = await start([stream([delta('half')], 'close')])
    recorded.length = 0
    await expect(late.decode(program(), call)).rejects.toMatchObject({
      code: 'backend-unreachable',
      message: expect.stringMatching(/closed the connection before the answer was complete \(after 4 characters\)/),
    })
    expect(recorded).toHaveLength(1)
  })

  it('gives up on a server that falls silent', async () => {
    const pool = await start([stream([delta('half')], 'hang')], { timeoutMs: 150 })
    await expect(pool.decode(program(), call)).rejects.toMatchObject({
      code: 'backend-unreachable',
      message: expect.stringMatching(/within 0\.15 seconds/),
    })
  })

  it('stops at once when told, with the reason', async () => {
    const pool = await start([stream([delta('half')], 'hang')])
    const controller = new AbortController()
    const decoding = pool.decode(program(), { signal: controller.signal, onToken: () => controller.abort(new Error('enough')) })
    await expect(decoding).rejects.toThrow('enough')
  })

  it.each([
    ['something that is not JSON', stream(['{"choices": [}']), 'backend-error', /not JSON/],
    ['a piece of another shape', stream([{ choices: 'none' }]), 'backend-error', /not a completion/],
    ['an error in the stream', stream([delta('a'), { error: { message: 'GPU on fire' } }]), 'backend-error', /GPU on fire/],
    ['a refused key', json({ error: { message: 'bad key' } }, 401), 'backend-error', /refuses the key/],
    [
      'a prompt that is too long',
      json({ error: { code: 'context_length_exceeded', message: 'at most 8192' } }, 400),
      'context-overflow',
      /8192/,
    ],
    ['a redirect, which a key must not follow', json({}, 302, { location: 'http://example.test/' }), 'backend-error', /redirects/],
  ])('says clearly: %s', async (_, answer, code, message) => {
    const pool = await start([answer])
    await expect(pool.decode(program(), call)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('says that a server is not there', async () => {
    const pool = poolOf({
      'openai-compatible': new OpenAiBackend(() => [{ id: 'lab', url: 'http://127.0.0.1:9/v1', retry: { attempts: 2, baseMs: 1 } }]),
    })
    await expect(pool.decode(program(), call)).rejects.toMatchObject({ code: 'backend-unreachable' })
    const unknown = poolOf({ 'openai-compatible': new OpenAiBackend(() => []) })
    await expect(unknown.open(ref)).rejects.toMatchObject({ code: 'model-missing' })
  })

  it('says that a text cannot be held where somebody wants to hold it, and writes it', async () => {
    const pool = await start([stream([delta('a'), delta('b'), finish])])
    const said: string[] = []
    const hold = { when: [{ is: 'any' as const }], ask: () => Promise.reject(new Error('asked')) }
    const onEvent: NonNullable<DecodeCall['onEvent']> = (event) => event.type === 'notice' && said.push(event.message)
    expect((await pool.decode(program(), { ...call, hold, onEvent })).text).toBe('ab')
    expect(said).toEqual(['“tiny” runs on a server: its text comes whole and cannot be held before a token.'])
  })

  it('gives no distributions', async () => {
    const pool = poolOf({ 'openai-compatible': new OpenAiBackend(() => []) })
    const leaf = program().expression
    const expression = { op: 'mix', inputs: { members: [leaf, leaf] }, params: {} }
    await expect(pool.decode(program({ expression }), call)).rejects.toMatchObject({ code: 'model-unsupported' })
  })
})

describe('other questions to a server', () => {
  it('makes unit vectors in the order of the texts', async () => {
    const pool = await start([
      json({
        data: [
          { index: 1, embedding: [0, 2] },
          { index: 0, embedding: [3, 4] },
        ],
      }),
    ])
    const vectors = await (await pool.open(ref)).embed(['a', 'b'], call)
    expect(vectors.map((vector) => [...vector].map((x) => Number(x.toFixed(3))))).toEqual([
      [0.6, 0.8],
      [0, 1],
    ])
  })

  it('refuses embeddings of another shape', async () => {
    const pool = await start([json({ data: [] })])
    await expect((await pool.open(ref)).embed(['a'], call)).rejects.toMatchObject({ code: 'backend-error' })
  })

  it('gives passages the scores of a reranking server, one query at a time, in the order in which the pairs were given', async () => {
    const pool = await start([
      json({
        results: [
          { index: 1, relevance_score: 0.2 },
          { index: 0, relevance_score: 0.9 },
        ],
      }),
      json({ results: [{ index: 0, relevance_score: 0.5 }] }),
    ])
    const pairs = [
      { first: 'q', second: 'a' },
      { first: 'other', second: 'c' },
      { first: 'q', second: 'b' },
    ]
    const rows = await (await pool.open(ref)).readPairs(pairs, call)
    expect(rows.map(([score]) => Number(score!.toFixed(2)))).toEqual([0.9, 0.5, 0.2])
  })

  it('refuses scores that are not one for each passage', async () => {
    const pool = await start([json({ results: [{ index: 7, relevance_score: 1 }] })])
    await expect((await pool.open(ref)).readPairs([{ first: 'q', second: 'a' }], call)).rejects.toMatchObject({ code: 'backend-error' })
  })

  it('reads log-probabilities of a given text where the server echoes it', async () => {
    const logprobs = { tokens: ['q', ':', ' x', '!'], token_logprobs: [null, -1, -2, -3], text_offset: [0, 1, 2, 4] }
    const pool = await start([json({ choices: [{ logprobs }] })])
    const model = await pool.open(ref)
    expect(await model.surprisal('q: x', call)).toEqual([
      { text: 'q', nats: -0 },
      { text: ':', nats: 1 },
      { text: ' x', nats: 2 },
    ])
    const [score] = await model.scoreContinuations({ prompt: { kind: 'text', text: 'q:' }, continuations: [' x'] }, call)
    expect(score).toEqual({ logprob: -2, tokens: 1 })
  })

  it('says what a server cannot do', async () => {
    const pool = await start([json({ error: 'no such route' }, 404)])
    const model = await pool.open(ref)
    await expect(model.surprisal('x', call)).rejects.toMatchObject({ code: 'model-unsupported' })
    await expect(model.tokenize('x', call)).rejects.toMatchObject({ code: 'model-unsupported' })
    await expect(model.renderChat([], call)).rejects.toMatchObject({ code: 'model-unsupported' })
  })

  it('uses the routes that llama-server has beside the protocol', async () => {
    const pool = await start([json({ tokens: [1, 2] }), json({ prompt: '<hi>' })])
    const model = await pool.open(ref)
    expect(await model.tokenize('x', call)).toEqual([1, 2])
    expect(await model.renderChat([{ role: 'user', content: 'hi' }], call)).toBe('<hi>')
    expect(recorded.map(({ url }) => url)).toEqual(['/tokenize', '/apply-template'])
  })

  it('describes a model, and names those that are there when it is not', async () => {
    const pool = await start([json({ data: [{ id: 'tiny', max_model_len: 2048 }] }), json({ data: [{ id: 'other' }] })])
    const model = await pool.open(ref)
    expect(await model.describe(call)).toMatchObject({ contextTokens: 2048, canDistribution: false, device: 'server lab' })
    await expect(model.describe(call)).rejects.toMatchObject({ code: 'model-missing', hint: expect.stringContaining('other') })
  })
})
