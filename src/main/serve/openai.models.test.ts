import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, openApp } from '../app'
import { OpenAiBackend } from '../models/openai-compatible'
import { testThreads } from '../models/testing'
import { type ApiServer, serveOpenAi } from './openai'

/** Our own server and our own client of such servers, over a real socket, on a toy. */
let home = ''
let app: App
let server: ApiServer
let backend: OpenAiBackend
const call = { signal: new AbortController().signal }
const model = { backend: 'openai-compatible' as const, id: 'here/toy-facts', name: 'toy-facts' }
const program = (content: string) => ({
  expression: { op: 'lm' as const, model, prompt: { kind: 'chat' as const, messages: [{ role: 'user' as const, content }] } },
  sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  maxTokens: 16,
  stop: [],
  seed: 1,
})
const post = (path: string, body: unknown, key = server.key, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tributary-openai-'))
  app = await openApp({ door: 'terminal', home, threads: testThreads() })
  server = await serveOpenAi(app, { port: 0 })
  backend = new OpenAiBackend(() => [{ id: 'here', name: 'Here', url: server.url, key: server.key }])
})
afterAll(async () => {
  await server.close()
  await app.close()
  await rm(home, { recursive: true, force: true })
})

describe('the OpenAI-compatible door', () => {
  it('lists the local models', async () => {
    const answer = await fetch(`${server.url}/models`, { headers: { authorization: `Bearer ${server.key}` } })
    const { data } = (await answer.json()) as { data: { id: string }[] }
    expect(data.map(({ id }) => id)).toContain('toy-facts')
  })

  it('answers our own client, streaming, as the local model does', async () => {
    const streamed: string[] = []
    const decoded = await backend.decode(program('what is the capital of france?'), {
      ...call,
      onToken: ({ text }) => void streamed.push(text),
    })
    expect(decoded.text.trim()).toBe('paris')
    expect(streamed.join('').trim()).toBe('paris')
  })

  it('gives log-probabilities that our client reads', async () => {
    const decoded = await backend.decode({ ...program('what is the capital of japan?'), trace: { topK: 3 } }, call)
    expect(decoded.text.trim()).toBe('tokyo')
    expect(decoded.trace?.steps[0]?.top.length).toBeGreaterThan(0)
  })

  it('runs a saved graph as a model, and refuses a graph that is sent', async () => {
    const opened = await app.handlers['graphs.create']({ name: 'Asked', template: 'answer-from-documents' }, app.terminal)
    const id = `pipeline/${opened.document.id}`
    const answer = await post('/chat/completions', { model: id, messages: [{ role: 'user', content: 'where is the red key?' }] })
    const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
    expect(choices[0]?.message.content).toContain('the red key is in oslo.')
    const runs = app.house.store.runs.list().length
    const sent = await post('/chat/completions', {
      model: 'pipeline/none',
      graph: opened.document,
      messages: [{ role: 'user', content: 'x' }],
    })
    expect(sent.status).toBe(404)
    expect(app.house.store.runs.list()).toHaveLength(runs)
  })

  it('refuses a wrong key, another origin, another host and a body that is no request', async () => {
    const body = { model: 'toy-facts', messages: [{ role: 'user', content: 'x' }] }
    expect((await post('/chat/completions', body, 'wrong')).status).toBe(401)
    expect((await post('/chat/completions', body, server.key, { origin: 'http://evil.test' })).status).toBe(403)
    const malformed = await post('/chat/completions', { model: 'toy-facts', messages: [] })
    expect(malformed.status).toBe(400)
    expect(((await malformed.json()) as { error: { message: string } }).error.message).toContain('messages')
    expect((await post('/chat/completions', { ...body, model: 'unknown' })).status).toBe(404)
  })
})
