import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadGraph } from '../../shared/graph/load'
import type { RunEvent } from '../../shared/run/events'
import { PackedTrace } from '../../shared/trace/packed'
import { type App, openApp } from '../app'
import { projectFolder } from '../folders'
import { starterFolder, testThreads } from '../models/testing'

/**
 * A graph whose models run in another process of this product (`serve --api`), on a data folder of its own: what a graph gives there it gives here, and what goes
 * wrong there is one sentence here. Between the two stands a gate that can refuse, keep silent and go slowly, as networks do.
 */
const miniLm = join(starterFolder(), 'all-MiniLM-L6-v2-f16.gguf')
const homes = ['here', 'there'].map((name) => mkdtempSync(join(tmpdir(), `tributary-${name}-`))) as [string, string]
let there: { readonly process: ChildProcess; readonly url: string; readonly key: string }
let gate: Gate
let app: App

beforeAll(async () => {
  there = await startThere()
  gate = await openGate(() => there.url)
  process.env.TRIBUTARY_TEST_THERE = there.key
  app = await openApp({ door: 'terminal', home: homes[0], threads: testThreads() })
  await app.handlers['settings.set'](
    { changes: { backends: [{ id: 'there', name: 'There', url: gate.url, keyVariable: 'TRIBUTARY_TEST_THERE' }] } },
    app.terminal,
  )
})

afterAll(async () => {
  await app.close()
  gate.server.closeAllConnections()
  gate.server.close()
  there.process.kill('SIGKILL')
  delete process.env.TRIBUTARY_TEST_THERE
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

const onServer = (model: string) => ({ remote: { backend: 'there', model } })
const lm = (more: object = {}, params: object = {}) => ({
  type: 'language-model',
  v: 1,
  params: { model: 'model:m', temperature: 0, ...params },
  ...more,
})

function graph(parts: { model?: string; nodes: object; wires: object[]; from: string }) {
  const loaded = loadGraph({
    format: 'tributary/graph',
    version: 1,
    id: 'g_remote',
    name: 'Remote',
    models: { m: onServer(parts.model ?? 'toy-facts') },
    interface: { inputs: { q: { type: 'text' } }, outputs: { answer: { type: 'any', from: parts.from } } },
    nodes: parts.nodes,
    wires: parts.wires,
  })
  if (!loaded.ok) throw new Error(loaded.error.message)
  return loaded.document
}

const ask = (more: object = {}, params: object = {}) =>
  graph({ nodes: { lm: lm(more, params) }, wires: [{ from: '@q', to: 'lm.prompt' }], from: 'lm.text' })

/** The line that is nearest to the question. */
const search = (model: string) =>
  graph({
    model,
    nodes: {
      docs: { type: 'text-to-documents', v: 1, params: { by: 'lines' } },
      text: { type: 'text', v: 1, params: { text: 'the red key is in oslo.\nfrance has paris as its capital.\nthe lamp is green.' } },
      find: { type: 'retriever', v: 1, params: { method: 'dense', k: 1, embedder: 'model:m' } },
    },
    wires: [
      { from: 'text.text', to: 'docs.texts' },
      { from: 'docs.documents', to: 'find.documents' },
      { from: '@q', to: 'find.query' },
    ],
    from: 'find.documents',
  })

/** Each node asks the model about what the one before it wrote. */
const chain = () =>
  graph({
    model: 'toy-base',
    nodes: Object.fromEntries(['a', 'b', 'c', 'd'].map((id, seed) => [id, lm({ seed }, { temperature: 1, maxTokens: 60 })])),
    wires: [
      { from: '@q', to: 'a.prompt' },
      { from: 'a.text', to: 'b.prompt' },
      { from: 'b.text', to: 'c.prompt' },
      { from: 'c.text', to: 'd.prompt' },
    ],
    from: 'd.text',
  })

async function run(document: ReturnType<typeof graph>, q: string, onEvent: (event: RunEvent) => void = () => undefined) {
  const events: RunEvent[] = []
  const handle = await app.startRun({ document, inputs: { q }, options: { cache: 'ignore', seed: 3 } })
  handle.subscribe((batch) => {
    for (const event of batch) {
      events.push(event)
      onEvent(event)
    }
  })
  const outcome = await handle.done
  return { id: handle.id, events, outcome, value: (name: string) => app.house.executor.value(outcome.outputs[name]!.sha).data }
}

const france = 'q: what is the capital of france? a:'

describe('a graph whose model is in another process', () => {
  it('gives the answer that the model gives there, piece by piece', async () => {
    const { outcome, events, value } = await run(ask(), france)
    expect(outcome).toMatchObject({ status: 'done', exit: 0 })
    expect(String(value('answer')).trim()).toBe('paris')
    const pieces = events.flatMap((event) => (event.type === 'token' ? [event.text] : []))
    expect(pieces.join('').trim()).toBe('paris')
    const plan = events.find(({ type }) => type === 'run.plan')
    expect(plan).toMatchObject({ models: [{ backend: 'openai-compatible', id: expect.stringMatching(/^there\//) }] })
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'model.prompt', node: 'lm', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }),
    )
  })

  it('has the likeliest tokens of every step where the server offers them', async () => {
    const traced = graph({ nodes: { lm: lm({}, { trace: 3 }) }, wires: [{ from: '@q', to: 'lm.prompt' }], from: 'lm.trace' })
    const { outcome, value } = await run(traced, france)
    expect(outcome.error).toBeUndefined()
    const { blob, tokens } = value('answer') as { blob: string; tokens: number }
    const trace = new PackedTrace(app.house.store.blobs.get(blob))
    expect(tokens).toBeGreaterThan(0)
    expect(trace.lists(0, 1)[0]?.top.length).toBeGreaterThan(1)
  })

  it('says so when the model there makes no vectors, and does not ask again', async () => {
    gate.paths.length = 0
    const { outcome } = await run(search('toy-facts'), 'france')
    expect(outcome).toMatchObject({ status: 'failed', exit: 1, error: { code: 'backend-error', node: 'find' } })
    expect(outcome.error?.message).toContain('makes no embeddings')
    expect(gate.paths).toEqual(['/v1/embeddings'])
  })

  it.skipIf(!existsSync(miniLm))('searches by meaning with vectors from there', async () => {
    const added = addThere(miniLm)
    const { outcome, value } = await run(search(added), 'what is the main city of the french?')
    expect(outcome.error).toBeUndefined()
    expect(JSON.stringify(value('answer'))).toContain('france')
    expect(gate.paths).toContain('/v1/embeddings')
  })

  it('is asked again, after a pause, when the server is busy for a moment', async () => {
    gate.refusals = 2
    const before = performance.now()
    const { outcome } = await run(ask(), france)
    expect(outcome).toMatchObject({ status: 'done', exit: 0 })
    expect(gate.refusals).toBe(0)
    expect(performance.now() - before).toBeGreaterThan(700)
  })

  it('fails with the node when it keeps silent longer than the node may take', async () => {
    gate.isSilent = true
    const { outcome } = await run(ask({ policy: { timeoutMs: 700 } }), france)
    gate.isSilent = false
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'node-timeout', node: 'lm' } })
  })

  it('is killed in the middle: one sentence, exit code 10, and the run goes on from there when the server is back', async () => {
    gate.cut = {
      answer: 2,
      by: () => {
        there.process.kill('SIGKILL')
        gate.server.closeAllConnections()
      },
    }
    const failed = await run(chain(), 'story:')
    expect(failed.outcome).toMatchObject({ status: 'failed', exit: 10, error: { code: 'backend-unreachable', node: 'b' } })
    expect(failed.outcome.error?.message).toMatch(/^The server "there" at http:\S+ cannot be reached or closed the connection \([^)]*\)\.$/)
    expect(failed.outcome.error?.hint).toContain('Check that it runs')

    there = await startThere()
    process.env.TRIBUTARY_TEST_THERE = there.key
    const resumed = await app.resumeRun(failed.id)
    const outcome = await resumed.done
    expect(outcome).toMatchObject({ status: 'done', exit: 0, totals: { ran: 3, hits: 1 } })
  })

  it('is closed politely in the middle: exit code 10 too, and the run goes on from there', async () => {
    gate.cut = { answer: 2, by: (answer) => answer.end() }
    const failed = await run(chain(), 'once:')
    expect(failed.outcome).toMatchObject({ status: 'failed', exit: 10, error: { code: 'backend-unreachable', node: 'b' } })
    expect(failed.outcome.error?.message).toMatch(/closed the connection before the answer was complete/)
    const outcome = await (await app.resumeRun(failed.id)).done
    expect(outcome).toMatchObject({ status: 'done', exit: 0, totals: { ran: 3, hits: 1 } })
  })
})

const command = (...args: string[]) => [join(projectFolder(), 'tools', 'tributary.mjs'), '--home', homes[1], '--json', ...args]

/** Puts a model file into the library there; gives its id. */
function addThere(file: string): string {
  const { stdout } = spawnSync(process.execPath, command('models', 'add', file), { encoding: 'utf8' })
  return /"sha256":\s*"([0-9a-f]{64})"/.exec(stdout)?.[1] ?? stdout
}

async function startThere(): Promise<typeof there> {
  const child = spawn(
    process.execPath,
    [join(projectFolder(), 'tools', 'tributary.mjs'), '--home', homes[1], '--json', 'serve', '--api', '0'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  for await (const piece of child.stdout) {
    said += String(piece)
    const end = said.lastIndexOf('}')
    if (end >= 0) break
  }
  const { api, key } = JSON.parse(said) as { api: string; key: string }
  return { process: child, url: api, key }
}

interface Gate {
  readonly server: Server
  readonly url: string
  readonly paths: string[]
  /** so many requests are answered 503 */
  refusals: number
  isSilent: boolean
  /** of the texts written from now on, the one of that number is passed on up to its first text; then `by` is called once */
  cut?: { answer: number; by(answer: ServerResponse): void } | undefined
}

async function openGate(target: () => string): Promise<Gate> {
  const server = createServer((asked, answer) => {
    gate.paths.push(asked.url ?? '')
    if (gate.isSilent) return
    if (gate.refusals > 0) {
      gate.refusals--
      answer.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"message":"busy"}}')
      return
    }
    passOn(asked, answer, new URL(target()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const gate: Gate = { server, url, paths: [], refusals: 0, isSilent: false }
  return gate
}

function passOn(asked: IncomingMessage, answer: ServerResponse, { host, hostname, port }: URL): void {
  const { authorization, 'content-type': type, 'content-length': length } = asked.headers
  const headers = {
    host,
    ...(authorization ? { authorization } : {}),
    ...(type ? { 'content-type': type } : {}),
    ...(length ? { 'content-length': length } : {}),
  }
  const forwarded = request({ hostname, port, path: asked.url, method: asked.method, headers }, async (reply) => {
    answer.writeHead(reply.statusCode ?? 502, { 'content-type': reply.headers['content-type'] ?? 'application/json' })
    const cut = asked.url?.endsWith('/chat/completions') ? gate.cut : undefined
    if (cut) cut.answer--
    try {
      for await (const piece of reply) {
        const text = /"content":"[^"].*\n\n/.exec(String(piece))
        if (cut?.answer !== 0 || text === null) {
          answer.write(piece)
          continue
        }
        gate.cut = undefined
        // up to the first text and the beginning of the next event, however many the server sends at once; before any text the request would be made again
        answer.write(piece.subarray(0, text.index + text[0].length + 12), () => cut.by(answer))
        return
      }
      answer.end()
    } catch {
      answer.destroy()
    }
  })
  forwarded.on('error', () => answer.destroy())
  asked.pipe(forwarded)
}
