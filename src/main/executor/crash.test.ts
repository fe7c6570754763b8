import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStore, type Store } from '../store'
import { createBench } from './testing'

/** kill -9 at random points of edits and runs. More of them: `CRASH_POINTS=200 vitest run … crash.test.ts`. */
const points = Number(process.env.CRASH_POINTS ?? 20)
const bundle = join(process.cwd(), '.cache', `crash-${process.pid}`)

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: 'src/main/executor/testing/crash-child.ts', outDir: bundle, emptyOutDir: true, target: 'node24', minify: false },
  })
}, 60_000)
afterAll(() => rmSync(bundle, { recursive: true, force: true }))

it(
  `loses nothing that was acknowledged, in ${points} kills at least`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crash-'))
    const killed = { edits: 0, runs: 0, resumed: 0 }
    try {
      // A test that never met a run that can go on would prove nothing: where chance has it so, some more kills.
      for (let point = 0; point < points || (killed.resumed === 0 && point < 5 * points); point++) {
        const acknowledged = await killAfter(folder, 'g', 1 + ((point * 37) % 83))
        const store = openStore(folder)
        expect(integrityOf(folder)).toBe('ok')
        expectAll(store, acknowledged)
        killed.edits += acknowledged.edits.length
        killed.runs += store.interrupted.length
        for (const run of store.interrupted) if (await resumes(store, run)) killed.resumed++
        store.close()
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    expect(killed.edits).toBeGreaterThanOrEqual(points)
    expect(killed.runs).toBeGreaterThan(0)
    expect(killed.resumed).toBeGreaterThan(0)
  },
  points * 5000 + 60_000,
)

it('lets two processes work on one store at once, and loses nothing when both are killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'two-'))
  try {
    openStore(folder).close()
    for (const lines of [40, 90, 150]) {
      const [first, second] = await Promise.all([killAfter(folder, 'one', lines), killAfter(folder, 'two', lines + 7)])
      const store = openStore(folder)
      expect(integrityOf(folder)).toBe('ok')
      expectAll(store, first, 'one')
      expectAll(store, second, 'two')
      expect(first.edits.length * second.edits.length).toBeGreaterThan(0)
      store.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 120_000)

it.skipIf(process.platform === 'win32')(
  'says that the disk is full, loses nothing, and goes on when there is space again',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'full-'))
    try {
      // A limit on the size of any file is a full disk that needs no disk of its own: SQLite's log reaches it after some turns.
      const script = `ulimit -f 6000; exec "${process.execPath}" "${join(bundle, 'crash-child.js')}"`
      const child = spawnSync('sh', ['-c', script], {
        env: { ...process.env, TRIBUTARY_CRASH_FOLDER: folder },
        encoding: 'utf8',
        timeout: 60_000,
      })
      expect(child.stdout).toMatch(/^failed disk-full There is no space left on the disk/m)
      const acknowledged = parse(child.stdout)
      expect(acknowledged.edits.length).toBeGreaterThan(0)

      const store = openStore(folder)
      expect(integrityOf(folder)).toBe('ok')
      expectAll(store, { ...acknowledged, ends: acknowledged.ends.filter(([, status]) => status === 'done') })
      store.settings.set({ works: true })
      store.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  90_000,
)

interface Acknowledged {
  readonly edits: number[]
  readonly events: [run: string, seq: number][]
  readonly ends: [run: string, status: string][]
}

/** Lets the victim acknowledge some lines, kills it a little later, and gives what it had acknowledged. */
function killAfter(folder: string, graph: string, lines: number): Promise<Acknowledged> {
  const child = spawn(process.execPath, [join(bundle, 'crash-child.js')], {
    env: { ...process.env, TRIBUTARY_CRASH_FOLDER: folder, TRIBUTARY_CRASH_GRAPH: graph },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.split('\n').length > lines) setTimeout(() => child.kill('SIGKILL'), lines % 4)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(parse(text)))
  })
}

/** A last line without its end was not acknowledged. */
function parse(text: string): Acknowledged {
  const found: Acknowledged = { edits: [], events: [], ends: [] }
  for (const line of text.split('\n').slice(0, -1)) {
    const [kind, first = '', second = ''] = line.split(' ')
    if (kind === 'edit') found.edits.push(Number(first))
    if (kind === 'event') found.events.push([first, Number(second)])
    if (kind === 'end') found.ends.push([first, second])
  }
  return found
}

function expectAll(store: Store, { edits, events, ends }: Acknowledged, graph = 'g'): void {
  const { revision } = store.graphs.get(graph)
  const journal = new Set(store.journal.list(graph).map((entry) => entry.revision))
  for (const edit of edits) expect(edit <= revision && journal.has(edit)).toBe(true)
  const stored = new Map([...new Set(events.map(([run]) => run))].map((run) => [run, store.runs.events(run)]))
  for (const [run, seq] of events) expect(stored.get(run)?.[seq]?.seq).toBe(seq)
  for (const [run, status] of ends) expect(store.runs.get(run).status).toBe(status)
  for (const { id, status } of store.runs.list()) {
    expect(status).not.toBe('running')
    expect(store.runs.events(id).at(-1)?.type).toBe('run.end')
  }
}

/** True when the run came to its end. Otherwise it must have refused to repeat the one thing that nobody knows: whether the write had happened. */
async function resumes(store: Store, run: string): Promise<boolean> {
  const finished = store.runs.execs(run).filter(({ status }) => status === 'done')
  const bench = createBench(store)
  const handle = bench.executor.resume(run)
  const started: string[] = []
  handle.subscribe((events) => {
    for (const event of events) if (event.type === 'node.start') started.push(event.node)
  }, 0)
  const { status, error } = await handle.done
  for (const { node } of finished) expect(started).not.toContain(node)
  if (status !== 'done') expect(error).toMatchObject({ code: 'not-allowed', node: 'w' })
  return status === 'done'
}

function integrityOf(folder: string): unknown {
  const raw = new BetterSqlite3(join(folder, 'tributary.db'), { readonly: true })
  try {
    return raw.pragma('integrity_check', { simple: true })
  } finally {
    raw.close()
  }
}
