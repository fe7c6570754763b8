import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { ModelCard } from '../shared/api'
import { loadGraph } from '../shared/graph/load'
import { type App, openApp } from './app'
import { run } from './cli/run'
import { testThreads } from './models/testing'

/** A model that somebody gave is loaded only after a person has said so, once for its hash. */
const folder = mkdtempSync(join(tmpdir(), 'tributary-first-load-'))
let app: App
let home: string
beforeEach(() => {
  home = mkdtempSync(join(folder, 'home-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A toy with one weight that differs by a bit: a hash that nobody knows. */
function stranger(name = 'stranger'): string {
  const bytes = readFileSync('resources/toys/toy-facts.gguf')
  bytes.writeUInt8((bytes.at(-1) as number) ^ 1, bytes.length - 1)
  const path = join(home, `${name}.gguf`)
  writeFileSync(path, bytes)
  return path
}

const graph = (sha256: string) => {
  const loaded = loadGraph({
    format: 'tributary/graph',
    version: 1,
    id: 'g_first',
    name: 'First',
    models: { m: { sha256 } },
    interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'lm.text' } } },
    nodes: {
      text: { type: 'text', v: 1, params: { text: 'q: what is the capital of france? a:' } },
      lm: { type: 'language-model', v: 1, params: { model: 'model:m', temperature: 0 } },
    },
    wires: [{ from: 'text.text', to: 'lm.prompt' }],
  })
  if (!loaded.ok) throw new Error(loaded.error.message)
  return loaded.document
}

async function within<T>(use: () => Promise<T>): Promise<T> {
  app = await openApp({ door: 'terminal', home, threads: testThreads() })
  try {
    return await use()
  } finally {
    await app.close()
  }
}

const runIt = async (card: ModelCard) => (await app.startRun({ document: graph(card.sha256 as string), inputs: {} })).done
const refusal = {
  code: 'model-unknown',
  message: expect.stringMatching(/^“stranger” \(.*SHA-256 [0-9a-f]{12}…\) was added from a file and has not been loaded here before\.$/),
}

describe('the first load of a model from a file', () => {
  it('asks, loads nothing before the answer, and keeps the answer', async () => {
    const card = await within(async () => {
      const added = await app.addModel(stranger())
      expect(added.asksFirst).toBe(true)
      await expect(runIt(added)).rejects.toMatchObject(refusal)
      expect(app.pool.local.loaded().size).toBe(0)
      await app.handlers['models.accept']({ sha256: [added.sha256 as string] }, app.terminal)
      expect(await runIt(added)).toMatchObject({ status: 'done', exit: 0 })
      return added
    })
    await within(async () => {
      expect(await runIt(card)).toMatchObject({ status: 'done' })
      const [found] = (await app.handlers['models.list']({}, app.terminal)).filter(({ sha256 }) => sha256 === card.sha256)
      expect(found?.asksFirst).toBeUndefined()
    })
  })

  it('asks at the load itself too, whatever way leads there', async () => {
    await within(async () => {
      const card = await app.addModel(stranger())
      const model = app.pool.open(card.ref as NonNullable<ModelCard['ref']>)
      await expect(model).rejects.toMatchObject({ code: 'model-unknown' })
    })
  })

  it('does not ask for models whose bytes are known: those that ship, under whatever name they come', async () => {
    await within(async () => {
      const path = join(home, 'renamed.gguf')
      copyFileSync('resources/toys/toy-facts.gguf', path)
      const card = await app.addModel(path)
      expect(card.asksFirst).toBeUndefined()
      expect(await runIt(card)).toMatchObject({ status: 'done' })
    })
  })

  it('ends a command with exit code 5, or goes on with --accept-models', async () => {
    const card = await within(() => app.addModel(stranger()))
    const file = join(home, 'graph.json')
    writeFileSync(file, JSON.stringify(graph(card.sha256 as string)))
    const options = { input: [], set: [], model: [], to: [], only: [], refresh: [], cache: true, quiet: true }
    const globals = { home, device: 'cpu' }
    await expect(run(file, options, globals)).rejects.toMatchObject({
      code: 'model-unknown',
      hint: expect.stringContaining('--accept-models'),
    })
    expect(await run(file, { ...options, acceptModels: true }, globals)).toBe(0)
    expect(await run(file, options, globals)).toBe(0)
  })
})
