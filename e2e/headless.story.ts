import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { tributary } from './house'

/** The terminal as a person meets it, and all that can be given wrongly: one sentence, the place, the exit code, and nothing lost. */
let home = ''
let folder = ''
test.beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tributary-headless-'))
  folder = await mkdtemp(join(tmpdir(), 'tributary-files-'))
})
test.afterEach(async () => {
  await rm(home, { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
})

const askToy = {
  format: 'tributary/graph',
  version: 1,
  id: 'g_ask',
  name: 'Ask a toy',
  models: { toy: { catalog: 'toy-facts' } },
  interface: { inputs: { question: { type: 'text', required: true } }, outputs: { answer: { type: 'text', from: 'lm.text' } } },
  nodes: { lm: { type: 'language-model', v: 1, params: { model: 'model:toy' } } },
  wires: [{ from: '@question', to: 'lm.prompt' }],
}
const france = 'question=q: what is the capital of france? a:'

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content))
  return path
}

async function refused(
  args: string[],
  exit: number,
  code: string,
): Promise<{ message: string; node?: string; port?: string; hint?: string }> {
  const { code: actual, stderr, stdout } = await tributary(home, ...args, '--json')
  expect(`${actual} ${stderr || stdout}`).toContain(`${exit} `)
  const line = stderr.trim().split('\n').at(-1) ?? ''
  const error = line.startsWith('{') ? JSON.parse(line).error : JSON.parse(stdout).error
  expect(error.code).toBe(code)
  expect(error.message).toMatch(/[.!?]$/)
  return error
}

test('a graph file answers, again from the cache, and in the history', async () => {
  const graph = await file('ask.trib.json', askToy)
  const first = await tributary(home, 'run', graph, '--input', france)
  expect(first.stdout).toBe('paris\n')
  const second = await tributary(home, 'run', graph, '--input', france, '--json')
  expect(JSON.parse(second.stdout)).toMatchObject({ status: 'done', exit: 0, outputs: { answer: 'paris' }, totals: { ran: 0, hits: 1 } })
  const history = JSON.parse((await tributary(home, 'runs', 'ls', '--json')).stdout) as { graphName: string }[]
  expect(history.map(({ graphName }) => graphName)).toEqual(['Ask a toy', 'Ask a toy'])
})

test('events are NDJSON without gaps, from run.start to run.end', async () => {
  const graph = await file('ask.trib.json', askToy)
  const { stdout } = await tributary(home, 'run', graph, '--input', france, '--events', 'tokens')
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; type: string; e: number })
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i))
  expect(events[0]?.type).toBe('run.start')
  expect(events.at(-1)?.type).toBe('run.end')
  expect(events.some(({ type }) => type === 'token')).toBe(true)
})

test('the demo answers with its evidence, without a screen', async () => {
  const { stdout, code } = await tributary(home, 'demo')
  expect(code).toBe(0)
  expect(stdout).toContain('the red key is in oslo. [✓1]')
})

test('a folder of one’s own is an input', async () => {
  const docs = join(folder, 'docs')
  await mkdir(docs)
  await writeFile(join(docs, 'a.txt'), 'the green lamp is in lima.')
  const count = {
    ...askToy,
    interface: { inputs: { docs: { type: 'documents' } }, outputs: { text: { type: 'text', from: 'join.text' } } },
    nodes: { join: { type: 'documents-to-text', v: 1, params: {} } },
    wires: [{ from: '@docs', to: 'join.documents' }],
  }
  const { stdout } = await tributary(home, 'run', await file('count.trib.json', count), '--input', `docs=@${docs}`)
  expect(stdout).toContain('the green lamp is in lima.')
})

test('a closed pipe is success', async () => {
  const { execSync } = await import('node:child_process')
  const node = 'node_modules/node/bin/node'
  execSync(`bash -c 'set -o pipefail; ${node} tools/tributary.mjs --home ${home} nodes ls --json | head -c 10 >/dev/null'`)
})

test('what is printed into a pipe arrives whole, however long it is', async () => {
  const { stdout, code } = await tributary(home, 'nodes', 'ls', '--json')
  expect(code).toBe(0)
  expect(stdout.length).toBeGreaterThan(200_000)
  expect((JSON.parse(stdout) as unknown[]).length).toBeGreaterThan(80)
})

test.describe('given wrongly', () => {
  test('an unknown input, a missing one, one of the wrong type', async () => {
    const graph = await file('ask.trib.json', askToy)
    expect((await refused(['run', graph, '--input', 'qestion=x'], 4, 'input-unknown')).hint).toContain('question')
    expect((await refused(['run', graph], 4, 'input-missing')).message).toContain('question')
    await refused(['run', graph, '--input', 'question:=[1'], 4, 'input-type')
  })

  test('a file that is no JSON, no graph, from a newer version, or not there', async () => {
    expect((await refused(['run', await file('a.trib.json', '{"format": ')], 3, 'graph-not-json')).message).toBeTruthy()
    await refused(['run', await file('b.trib.json', { hello: 1 })], 3, 'graph-format')
    await refused(['run', await file('c.trib.json', { ...askToy, version: 99 })], 9, 'graph-newer')
    await refused(['run', 'nowhere.trib.json'], 3, 'graph-not-found')
  })

  test('a wire of the wrong kind, an unknown node type, a circle', async () => {
    const wrong = {
      ...askToy,
      nodes: { ...askToy.nodes, load: { type: 'load-weights', v: 1, params: { model: 'model:toy' } } },
      wires: [{ from: 'load.weights', to: 'lm.prompt' }],
    }
    const error = await refused(['run', await file('wrong.trib.json', wrong), '--input', france], 3, 'graph-invalid')
    expect(JSON.stringify(error)).toContain('lm')
    const ghost = { ...askToy, nodes: { lm: { type: 'from-the-future', v: 1, params: {} } } }
    await refused(['run', await file('ghost.trib.json', ghost), '--input', 'question=x'], 3, 'graph-invalid')
    const circle = {
      ...askToy,
      nodes: { a: { type: 'join-text', v: 1, params: {} }, b: { type: 'join-text', v: 1, params: {} } },
      wires: [
        { from: 'a.text', to: 'b.texts#0' },
        { from: 'b.text', to: 'a.texts#0' },
      ],
      interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'a.text' } } },
    }
    await refused(['run', await file('circle.trib.json', circle)], 3, 'graph-invalid')
  })

  test('a model that is not here, one that is damaged, a file that is no GGUF', async () => {
    const absent = { ...askToy, models: { toy: { sha256: 'f'.repeat(64), hint: 'my-model' } } }
    const error = await refused(['run', await file('absent.trib.json', absent), '--input', france], 5, 'model-missing')
    expect(error.message).toContain('my-model')
    await refused(['models', 'add', await file('no.gguf', 'this is text')], 1, 'file-format')
    const toy = join(folder, 'cut.gguf')
    await cp('resources/toys/toy-base.gguf', toy)
    const { truncate } = await import('node:fs/promises')
    await truncate(toy, 900_000)
    expect((await refused(['models', 'add', toy], 5, 'model-corrupt')).message).toContain('cut.gguf')
  })

  test('an empty documents folder', async () => {
    const docs = join(folder, 'empty')
    await mkdir(docs)
    const graph = {
      ...askToy,
      interface: { inputs: { docs: { type: 'documents' } }, outputs: { text: { type: 'text', from: 'join.text' } } },
      nodes: { join: { type: 'documents-to-text', v: 1, params: {} } },
      wires: [{ from: '@docs', to: 'join.documents' }],
    }
    await refused(['run', await file('empty.trib.json', graph), '--input', `docs=@${docs}`], 1, 'data-empty')
  })

  test('a prompt that is longer than the context names node and numbers', async () => {
    const graph = await file('ask.trib.json', askToy)
    const long = await file('long.txt', 'the red key is in oslo. '.repeat(400))
    const error = await refused(['run', graph, '--input', `question=@${long}`], 1, 'context-overflow')
    expect(error.node).toBe('lm')
    expect(error.message).toMatch(/256/)
  })

  test('usage: an unknown option, a wrong seed, a model alias that the graph does not have', async () => {
    const graph = await file('ask.trib.json', askToy)
    expect((await tributary(home, 'run', graph, '--sed', '1')).code).toBe(2)
    expect((await tributary(home, 'run', graph, '--seed', '-1')).code).toBe(2)
    await refused(['run', graph, '--input', france, '--model', 'big=toy-base'], 2, 'usage')
    await refused(['run', graph, '--input', france, '--set', 'nobody.x=1'], 2, 'usage')
  })

  test('a limit of time stops the run with its own code, and the run can be resumed', async () => {
    const story = {
      ...askToy,
      models: { toy: { catalog: 'toy-base' } },
      nodes: { lm: { type: 'language-model', v: 1, params: { model: 'model:toy', maxTokens: 200, temperature: 1 } } },
    }
    const graph = await file('story.trib.json', story)
    const stopped = await tributary(home, 'run', graph, '--input', 'question=story:', '--timeout', '50ms', '--json')
    expect(stopped.code).toBe(7)
    const { run, status } = JSON.parse(stopped.stdout) as { run: string; status: string }
    expect(status).toBe('stopped')
    const resumed = await tributary(home, 'run', graph, '--resume', run, '--json')
    expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'done', exit: 0 })
  })

  test('a plan that does not fit says so before anything is loaded', async () => {
    const graph = await file('ask.trib.json', askToy)
    const { code } = await tributary(home, '--memory', '1MiB', 'plan', graph, '--input', france)
    expect(code).toBe(6)
    await refused(['--memory', '1MiB', 'run', graph, '--input', france, '--no-cache'], 6, 'out-of-memory')
  })

  test('a real model that has no room: neither before it is loaded, nor for its context', async () => {
    const model = join(
      process.env.TRIBUTARY_TEST_HOME ?? join(homedir(), '.cache', 'tributary-test'),
      'models',
      'SmolLM2-135M-Instruct.Q4_1.gguf',
    )
    test.skip(!existsSync(model), 'the starter model was not fetched')
    await tributary(home, 'models', 'add', model)
    const graph = await file('real.trib.json', {
      ...askToy,
      models: { toy: { catalog: 'smollm2-135m-instruct' } },
      nodes: { lm: { type: 'language-model', v: 1, params: { model: 'model:toy', maxTokens: 4 } } },
    })
    const weights = await refused(['--memory', '40MiB', 'run', graph, '--input', france, '--no-cache'], 6, 'out-of-memory')
    expect(weights).toMatchObject({ node: 'lm', message: expect.stringContaining('SmolLM2-135M-Instruct') })
    const context = await refused(['--memory', '112MiB', 'run', graph, '--input', france, '--no-cache'], 6, 'out-of-memory')
    expect(context).toMatchObject({ node: 'lm', message: expect.stringContaining('context') })
  })
})
