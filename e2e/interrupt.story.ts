import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { tributary } from './house'

/** A person presses Ctrl+C, or a supervisor asks the command to end: what was finished is kept, and the run goes on later from there. */
let home = ''
test.beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tributary-interrupt-'))
})
test.afterEach(() => rm(home, { recursive: true, force: true }))

const steps = Array.from({ length: 60 }, (_, i) => `s${i}`)
/** One language model after the other, each at temperature 1 with a seed of its own: no machine is at its end when the signal comes. */
const longChain = {
  format: 'tributary/graph',
  version: 1,
  id: 'g_long',
  name: 'A long chain',
  models: { toy: { catalog: 'toy-base' } },
  interface: { inputs: {}, outputs: { answer: { type: 'text', from: `${steps.at(-1)}.text` } } },
  nodes: {
    begin: { type: 'text', v: 1, params: { text: 'story:' } },
    ...Object.fromEntries(
      steps.map((id, seed) => [id, { type: 'language-model', v: 1, seed, params: { model: 'model:toy', maxTokens: 64, temperature: 1 } }]),
    ),
  },
  wires: [{ from: 'begin.text', to: 's0.prompt' }, ...steps.slice(1).map((id, i) => ({ from: `s${i}.text`, to: `${id}.prompt` }))],
}

interface Event {
  readonly type: string
  readonly node?: string
  readonly run: string
}

/** Runs until two nodes have ended, sends the signal, and gives the exit code and the events. */
async function interrupt(file: string, signal: NodeJS.Signals): Promise<{ code: number | null; events: Event[] }> {
  const child = spawn(
    resolve('node_modules/node/bin/node'),
    [resolve('tools/tributary.mjs'), '--home', home, 'run', file, '--events', 'nodes'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  let said = ''
  let ended = 0
  child.stdout.on('data', (chunk) => {
    said += chunk
    const now = said.split('"type":"node.end"').length - 1
    if (now >= 3 && ended < 3) child.kill(signal)
    ended = now
  })
  const code = await new Promise<number | null>((done) => child.on('exit', done))
  const lines = said.split('\n').filter((line) => line !== '')
  return { code, events: lines.map((line) => JSON.parse(line) as Event) }
}

for (const [signal, exit] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends a run with ${exit}, stored as stopped; it is resumed without doing again what was done`, async () => {
    const file = join(home, 'long.trib.json')
    await writeFile(file, JSON.stringify(longChain))
    const { code, events } = await interrupt(file, signal)
    expect(code).toBe(exit)
    expect(events.at(-1)).toMatchObject({ type: 'run.end', status: 'stopped' })
    const finished = events.filter(({ type }) => type === 'node.end').map(({ node }) => node)
    expect(finished.length).toBeGreaterThanOrEqual(3)
    expect(finished.length).toBeLessThan(steps.length + 1)

    const run = events[0]?.run ?? ''
    const history = JSON.parse((await tributary(home, 'runs', 'ls', '--json')).stdout) as { id: string; status: string }[]
    expect(history.find(({ id }) => id === run)?.status).toBe('stopped')

    const resumed = await tributary(home, 'run', file, '--resume', run, '--events', 'nodes')
    expect(resumed.code).toBe(0)
    const again = resumed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event)
    const started = again.filter(({ type }) => type === 'node.start').map(({ node }) => node)
    for (const node of finished) expect(started).not.toContain(node)
    expect(started.length + finished.length).toBe(steps.length + 1)
    expect(again[0]).toMatchObject({ type: 'run.start', resumes: run })
  })
}
