import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelRef } from '../../shared/value'
import type { DecodeProgram, ModelPool } from './model'
import { OpenAiBackend, type RemoteServer } from './openai-compatible'
import { type OwnedModelPool, poolOf } from './pool'
import { createToyPool, quietCall, starterFolder, toyProgram, toyRef } from './testing'

/**
 * The backend for servers against llama.cpp's own server, which comes as the Python package `xllamacpp`; `npm test` puts that into the cache of models where pip can. What the
 * server says is compared with the same model in our own process.
 */
const folder = join(dirname(starterFolder()), 'llama-server')
const python = join(folder, 'bin', 'python')
const isThere = existsSync(join(folder, 'fetched'))
const miniLm = join(starterFolder(), 'all-MiniLM-L6-v2-f16.gguf')
if (!isThere) console.warn(`SKIPPED: no llama-server in ${folder}; npm test fetches it where pip works.`)

const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

async function startServer(path: string, name: string, port: number, embeds = false): Promise<ChildProcess> {
  const script = resolve('tools/llama-server.py')
  const child = spawn(python, [script, path, name, String(port), embeds ? 'embeds' : ''], { stdio: ['pipe', 'pipe', 'ignore'] })
  running.add(child)
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })
  const [said] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => ['it ended'])])
  if (said !== `http://127.0.0.1:${port}`) throw new Error(`llama-server did not start: ${said}`)
  return child
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

const toy = resolve('resources/toys/toy-facts.gguf')
const question = 'q: what is the capital of france? a:'
const ref: ModelRef = { backend: 'openai-compatible', id: 'lab/toy-facts', name: 'toy-facts' }
const program = (more: Partial<DecodeProgram> = {}, prompt = question): DecodeProgram => ({
  ...toyProgram('toy-facts', prompt, more),
  expression: { op: 'lm', model: ref, prompt: { kind: 'text', text: prompt } },
})

describe.skipIf(!isThere)('a server of llama.cpp', () => {
  let port: number
  let server: ChildProcess
  let own: OwnedModelPool
  const remote = (more: Partial<RemoteServer> = {}): ModelPool =>
    poolOf({ 'openai-compatible': new OpenAiBackend(() => [{ id: 'lab', url: `http://127.0.0.1:${port}/v1`, ...more }]) })

  beforeAll(async () => {
    port = await freePort()
    server = await startServer(toy, 'toy-facts', port)
    own = await createToyPool()
  })
  afterAll(() => own?.close())

  it('is asked for its models by name, and one that it has not is named with those that it has', async () => {
    expect(await (await remote().open(ref)).describe(quietCall())).toMatchObject({ architecture: 'remote', contextTokens: 256 })
    const other = await remote().open({ ...ref, id: 'lab/nobody', name: 'nobody' })
    await expect(other.describe(quietCall())).rejects.toMatchObject({ code: 'model-missing', hint: expect.stringContaining('toy-facts') })
  })

  it('streams the text that the model writes here, and counts its tokens', async () => {
    const pieces: string[] = []
    const long = { maxTokens: 12, sampler: { ...program().sampler, repetitionPenalty: 1.5 } }
    const there = await remote().decode(program(), { ...quietCall(), onToken: ({ text }) => pieces.push(text) })
    const here = await own.decode(toyProgram('toy-facts', question), quietCall())
    expect(there.text).toBe(here.text)
    expect(pieces.join('')).toBe(there.text)
    expect(there.usage.tokens).toBeGreaterThan(0)
    expect(there.usage.promptTokens).toBeGreaterThan(5)
    expect((await remote().decode(program(long), quietCall())).text.startsWith(here.text)).toBe(true)
  })

  it('chats: it renders its own template', async () => {
    const chat: DecodeProgram = {
      ...program(),
      expression: { op: 'lm', model: ref, prompt: { kind: 'chat', messages: [{ role: 'user', content: question }] } },
    }
    expect((await remote().decode(chat, quietCall())).text).toContain('paris')
  })

  it('tells the likeliest tokens, with the probabilities that they have here', async () => {
    const traced = { trace: { topK: 3 } } as Partial<DecodeProgram>
    const there = await remote().decode(program(traced), quietCall())
    const here = await own.decode(toyProgram('toy-facts', question, traced), quietCall())
    const [first, expected] = [there.trace?.steps[0], here.trace?.steps[0]]
    expect(first?.top.map(([text]) => text)).toEqual(expected?.top.map(([text]) => text))
    for (const [i, [, probability]] of (first?.top ?? []).entries()) expect(probability).toBeCloseTo(expected?.top[i]?.[1] as number, 2)
    expect(there.logprob).toBeCloseTo(here.logprob, 1)
  })

  it('shows its tokens and its rendering, which lie beside the protocol', async () => {
    const model = await remote().open(ref)
    const here = await own.open(toyRef('toy-facts'))
    expect(await model.tokenize(question, quietCall())).toEqual(await here.tokenize(question, quietCall()))
    expect(await model.renderChat([{ role: 'user', content: 'hello' }], quietCall())).toContain('hello')
  })

  it('refuses what does not fit its context, in our sentence', async () => {
    await expect(remote().decode(program({}, 'the red key is in oslo. '.repeat(200)), quietCall())).rejects.toMatchObject({
      code: 'context-overflow',
      message: expect.stringContaining('lab'),
    })
  })

  it('that hangs is given up after the time it has, and is there again when it wakes', async () => {
    const hasty = remote({ timeoutMs: 300, retry: { attempts: 2, baseMs: 20 } })
    server.kill('SIGSTOP')
    const failure = hasty.decode(program(), quietCall())
    await expect(failure).rejects.toMatchObject({ code: 'backend-unreachable', message: expect.stringContaining('0.3 seconds') })
    server.kill('SIGCONT')
    expect((await remote().decode(program(), quietCall())).text).toContain('paris')
  })

  it('that went away and comes back is waited for, with growing pauses', async () => {
    server.kill('SIGKILL')
    await once(server, 'exit')
    await expect(remote({ retry: { attempts: 2, baseMs: 10 } }).decode(program(), quietCall())).rejects.toMatchObject({
      code: 'backend-unreachable',
    })
    const waiting = remote({ retry: { attempts: 12, baseMs: 200 } }).decode(program(), quietCall())
    server = await startServer(toy, 'toy-facts', port)
    expect((await waiting).text).toContain('paris')
  })
})

describe.skipIf(!isThere || !existsSync(miniLm))('an embedding server of llama.cpp', () => {
  it('gives the vectors that the model gives here', async () => {
    const port = await freePort()
    const server = await startServer(miniLm, 'minilm', port, true)
    const there = poolOf({ 'openai-compatible': new OpenAiBackend(() => [{ id: 'lab', url: `http://127.0.0.1:${port}/v1` }]) })
    const own = await createToyPool()
    const texts = ['the lighthouse is 38 metres high', 'how tall is the tower?', 'cheese is made of milk']
    const far = await (await there.open({ backend: 'openai-compatible', id: 'lab/minilm', name: 'minilm' })).embed(texts, quietCall())
    const near = await (await own.open({ backend: 'llama-cpp', id: miniLm, name: 'minilm' })).embed(texts, quietCall())
    for (const [i, vector] of far.entries())
      expect(vector.reduce((sum, x, at) => sum + x * (near[i]?.[at] as number), 0)).toBeGreaterThan(0.999)
    await own.close()
    server.kill('SIGKILL')
  })
})
