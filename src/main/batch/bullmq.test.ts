import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newFolder, open } from '../store/testing'
import { joinBullmq, openBullmq } from './bullmq'
import { assertAnswers, redisOptions } from './redis'
import { dataset, definition, document, fakeRuns } from './testing'
import { queueConformance } from './testing/conformance'

const hasRedis = spawnSync('redis-server', ['--version']).status === 0
if (!hasRedis)
  console.warn('SKIPPED: batches over BullMQ are not tested, because there is no redis-server here (apt-get install redis-server).')

const port = 20_000 + (process.pid % 20_000)
const address = `redis://127.0.0.1:${port}`
const bundle = join(process.cwd(), '.cache', `worker-${process.pid}`)
let server: ChildProcess | undefined
let admin: Redis | undefined
const workers: ChildProcess[] = []

describe.skipIf(!hasRedis)('over BullMQ', () => {
  beforeAll(async () => {
    server = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'], { stdio: 'ignore' })
    for (let tries = 0; ; tries++) {
      const answers = await assertAnswers(redisOptions(address)).then(
        () => true,
        () => false,
      )
      if (answers) break
      if (tries > 50) throw new Error('redis-server did not start')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    admin = new Redis(redisOptions(address))
    await build({
      configFile: false,
      logLevel: 'error',
      build: { ssr: 'src/main/batch/testing/worker-child.ts', outDir: bundle, emptyOutDir: true, target: 'node24', minify: false },
    })
  }, 60_000)
  afterEach(() => {
    for (const child of workers.splice(0)) child.kill('SIGKILL')
  })
  afterAll(() => {
    admin?.disconnect()
    server?.kill('SIGKILL')
    rmSync(bundle, { recursive: true, force: true })
  })

  queueConformance('on Redis', async (folder) => ({
    open: openBullmq({ address, key: folder }),
    work: async (runs, concurrency) => {
      const { leave } = await joinBullmq({ address, key: folder, lockMs: 1500, stalledMs: 400 }, runs.batches.perform, concurrency)
      return leave
    },
    wipe: async () => void (await admin?.flushall()),
  }))

  it('ends with all outcomes, none twice, although workers are killed in the middle', async () => {
    const folder = newFolder()
    const store = open(folder)
    const { batches } = fakeRuns(store)
    const begin = (): Promise<ChildProcess> =>
      new Promise((resolve, reject) => {
        const env = { ...process.env, TRIBUTARY_FOLDER: folder, TRIBUTARY_REDIS: address, TRIBUTARY_KEY: folder }
        const child = spawn(process.execPath, [join(bundle, 'worker-child.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
        workers.push(child)
        child.stdout.once('data', () => resolve(child))
        // One that is killed while it starts was meant to be; one that ends by itself was not.
        child.once('exit', (code) => (code === null ? resolve(child) : reject(new Error(`the worker ended with ${code}`))))
      })
    const rows = dataset(Array.from({ length: 40 }, (_, i) => `q${i}`))
    const id = await batches.create({ document, dataset: rows, definition: definition() })
    const first = await begin()
    await begin()
    const handle = await batches.start(id, { queue: openBullmq({ address, key: folder }), concurrency: 4, reconcileMs: 500 })
    let kills = 0
    handle.subscribe({
      onOutcome: () => {
        if (handle.progress().done < 15 + 25 * kills || kills === 2) return
        const victim = kills++ === 0 ? first : workers.at(-1)
        victim?.kill('SIGKILL')
        void begin()
      },
    })
    const { status, progress } = await handle.done
    expect(kills).toBe(2)
    expect([status, progress]).toMatchObject(['done', { done: 80, failed: 0 }])
    expect(new Set(store.batches.outcomes(id).map(({ row, variant }) => `${row} ${variant}`)).size).toBe(80)
  }, 90_000)

  it('does not do what another hand put into the queue', async () => {
    const folder = newFolder()
    const { batches, counts } = fakeRuns(open(folder))
    const id = await batches.create({ document, dataset: dataset(['q0']), definition: definition() })
    const { leave } = await joinBullmq({ address, key: folder }, batches.perform, 1)
    const queue = await openBullmq({ address, key: folder })(
      id,
      batches.perform,
      { onStarted: () => undefined, onSettled: () => undefined },
      1,
    )
    const [name] = (await admin!.keys('bull:*:meta')).map((key) => key.split(':')[1]!)
    const { Queue } = await import('bullmq')
    const intruder = new Queue(name!, { connection: redisOptions(address) })
    await intruder.add('item', { batch: id, item: 0, mac: 'made up' }, { jobId: `${id}-0` })
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(counts.size).toBe(0)
    await Promise.all([intruder.close(), queue.stop(), leave()])
  })
})

describe('an address of Redis', () => {
  it('is read', () =>
    expect(redisOptions('rediss://me:se%20cret@queue.example:7000/2')).toEqual({
      host: 'queue.example',
      port: 7000,
      username: 'me',
      password: 'se cret',
      db: 2,
      tls: {},
      maxRetriesPerRequest: null,
    }))
  it('is refused where jobs would travel in clear', () => expect(() => redisOptions('redis://10.0.0.9')).toThrow('in clear'))
  it('is refused where it is none', () => expect(() => redisOptions('localhost:6379')).toThrow('no address of Redis'))
  it('where nobody answers is said', async () =>
    expect(assertAnswers(redisOptions('redis://127.0.0.1:1'))).rejects.toMatchObject({ code: 'backend-unreachable' }))
})
