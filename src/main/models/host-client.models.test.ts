import { statSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { learnMemory, type Measurements, memoryMeasured } from './learn-memory'
import { createModelPool, type OwnedModelPool } from './pool'
import { buildHost, createToyPool, quietCall, toyProgram, toyRef } from './testing'

const capital = 'q: what is the capital of france? a:'
const long = (onToken: () => void) => ({ ...quietCall(), onToken })
/** Samples at temperature 1, so that it goes on for long. */
const endless = toyProgram('toy-base', 'story:', {
  maxTokens: 240,
  sampler: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
})

const pools: OwnedModelPool[] = []
const newPool = async (...args: Parameters<typeof createToyPool>): Promise<OwnedModelPool> => {
  const pool = await createToyPool(...args)
  pools.push(pool)
  return pool
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the model host may die', () => {
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()))
  })

  it.each(['SIGKILL', 'SIGABRT', 'SIGSEGV'] as const)(
    '%s in the middle of a decode fails that call only, and the next call starts it anew',
    async (signal) => {
      const pool = await newPool()
      let first: number | undefined
      const killed = pool.decode(
        endless,
        long(() => {
          if (first !== undefined) return
          first = pool.local.host.pid as number
          process.kill(first, signal)
        }),
      )
      await expect(killed).rejects.toMatchObject({ code: 'model-host-crashed', message: expect.stringContaining('toy-base') })
      expect((await pool.decode(toyProgram('toy-facts', capital), quietCall())).text).toBe(' paris')
      expect(pool.local.host.pid).not.toBe(first)
    },
  )

  it('fails all calls that were pending, each with what it was doing', async () => {
    const pool = await newPool()
    await (await pool.open(toyRef('toy-facts'))).describe(quietCall())
    const calls = [pool.decode(endless, quietCall()), pool.decode(toyProgram('toy-math', 'story:', { maxTokens: 200 }), quietCall())]
    const settled = Promise.allSettled(calls)
    process.kill(pool.local.host.pid as number, 'SIGKILL')
    const reasons = (await settled).map((result) => (result.status === 'rejected' ? String(result.reason.message) : 'no error'))
    expect(reasons[0]).toMatch(/decode with "toy-base"/)
    expect(reasons[1]).toMatch(/decode with "toy-math"/)
    expect(pool.local.loaded().size).toBe(0)
  })

  it('survives requests that make no sense', async () => {
    const pool = await newPool()
    const model = { ref: toyRef('toy-facts'), path: '/nowhere/at/all.gguf' }
    await expect(pool.local.host.call('describe', { model }, quietCall())).rejects.toMatchObject({ code: 'file-unreadable' })
    const { pid } = pool.local.host
    await expect(pool.local.host.call('constructor' as 'describe', { model }, quietCall())).rejects.toMatchObject({ code: 'internal' })
    await expect(pool.local.host.call('tokenize', {} as never, quietCall())).rejects.toMatchObject({ code: 'internal' })
    expect(pool.local.host.pid).toBe(pid)
  })

  it('says so when it cannot start, and does not try for ever', async () => {
    const pool = createModelPool({
      host: { entry: '/nowhere/host.mjs', execPath: process.execPath },
      resolve: async () => ({ path: 'resources/toys/toy-facts.gguf' }),
    })
    for (let attempt = 0; attempt < 4; attempt++) {
      await expect(pool.decode(endless, quietCall())).rejects.toMatchObject({ code: 'model-host-crashed' })
    }
    await pool.close()
  })
})

describe('the life of the model host', () => {
  afterAll(() => Promise.all(pools.splice(0).map((pool) => pool.close())))

  it('begins with the first call, ends with close, and leaves no process behind', async () => {
    const pool = await newPool()
    expect(pool.local.host.pid).toBeUndefined()
    await pool.decode(toyProgram('toy-facts', capital), quietCall())
    const pid = pool.local.host.pid as number
    expect(isAlive(pid)).toBe(true)
    await pool.close()
    expect(isAlive(pid)).toBe(false)
  })

  it('begins before the first call where it is told to, once, and serves that call', async () => {
    const pool = await newPool()
    pool.local.host.warm()
    const pid = pool.local.host.pid as number
    expect(isAlive(pid)).toBe(true)
    pool.local.host.warm()
    await pool.decode(toyProgram('toy-facts', capital), quietCall())
    expect(pool.local.host.pid).toBe(pid)
    await pool.close()
    expect(isAlive(pid)).toBe(false)
  })

  it('knows nothing of the secrets in our environment', async () => {
    const { scrubbedEnvironment } = await import('./host-process')
    expect(
      scrubbedEnvironment({ PATH: '/bin', OPENAI_API_KEY: 'k', AWS_SECRET: 's', CUDA_VISIBLE_DEVICES: '0', NODE_OPTIONS: '-r x' }),
    ).toEqual({
      PATH: '/bin',
      CUDA_VISIBLE_DEVICES: '0',
    })
  })

  it('ends by itself when the process that started it is gone', async () => {
    const { spawn } = await import('node:child_process')
    const script = `
      import { spawn } from 'node:child_process'
      const child = spawn(process.execPath, [${JSON.stringify(await buildHost())}], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' })
      child.on('message', () => { console.log(child.pid); process.kill(process.pid, 'SIGKILL') })`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))))
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false)
  })
})

describe('memory', () => {
  afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())))
  const mebibytes = (n: number): number => n * 2 ** 20

  it('evicts the model that was not used for longest', async () => {
    const pool = await newPool({ memoryBytes: mebibytes(5) })
    for (const toy of ['toy-facts', 'toy-math', 'toy-base']) await pool.decode(toyProgram(toy, capital), quietCall())
    expect(pool.local.loaded().has(toyRef('toy-base').id)).toBe(true)
    expect(pool.local.loaded().has(toyRef('toy-facts').id)).toBe(false)
    const status = await pool.local.status(quietCall())
    expect(status.memoryBytes).toBeLessThanOrEqual(mebibytes(5))
    expect(status.models.every(({ leases }) => leases === 0)).toBe(true)
  })

  it('lets calls wait their turn where all together do not fit', async () => {
    // Room for one of these toys with its context, not for two: 1.5 MiB of weights and about 2 MiB of context each.
    const pool = await newPool({ memoryBytes: mebibytes(5) })
    const toys = ['toy-facts', 'toy-math', 'toy-base', 'toy-facts', 'toy-math', 'toy-base']
    const peak = pool.local.host.watchPeak()
    const texts = await Promise.all(toys.map(async (toy) => (await pool.decode(toyProgram(toy, capital), quietCall())).text))
    expect(texts.slice(0, 3)).toEqual(texts.slice(3))
    expect(peak.bytes()).toBeLessThanOrEqual(mebibytes(5))
    expect(peak.bytes()).toBeGreaterThan(mebibytes(2))
  })

  it('lets a waiting call be cancelled, and the next one in', async () => {
    const pool = await newPool({ memoryBytes: mebibytes(5) })
    const long = pool.decode(toyProgram('toy-facts', capital, { maxTokens: 200 }), quietCall())
    const controller = new AbortController()
    const waiting = pool.decode(toyProgram('toy-math', capital), { ...quietCall(), signal: controller.signal })
    const next = pool.decode(toyProgram('toy-base', capital), quietCall())
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect((await next).text).not.toBe('')
    await long
  })

  it('predicts after three loads what models take, contexts included, within a tenth', async () => {
    const rows = new Map<string, { model: string; options: string; loadMs: number; memoryBytes: number }>()
    const measurements: Measurements = {
      put: (row) => void rows.set(`${row.model} ${row.options}`, row),
      ofModel: (model) => [...rows.values()].filter((row) => row.model === model),
    }
    const work = async (): Promise<number> => {
      const learned = learnMemory(measurements, () => 'cpu')
      const pool = await newPool({}, learned.note)
      const peak = pool.local.host.watchPeak()
      for (const toy of ['toy-facts', 'toy-math']) await pool.decode(toyProgram(toy, capital), quietCall())
      await pool.close()
      return peak.bytes()
    }
    for (let load = 0; load < 3; load++) await work()
    const predicted = ['toy-facts', 'toy-math'].reduce(
      (sum, toy) => sum + (memoryMeasured(measurements, toyRef(toy).id)?.memoryBytes ?? 0),
      0,
    )
    const measured = await work()
    expect(predicted / measured).toBeGreaterThan(0.9)
    expect(predicted / measured).toBeLessThan(1.1)
    const weights = ['toy-facts', 'toy-math'].reduce((sum, toy) => sum + statSync(`resources/toys/${toy}.gguf`).size, 0)
    expect(measured).toBeGreaterThan(1.2 * weights)
  })

  it('refuses an ensemble whose weights fit but whose contexts do not, before any of it is loaded', async () => {
    const pool = await newPool({ memoryBytes: mebibytes(5) })
    const events: string[] = []
    const expression = {
      op: 'linear-mix',
      inputs: { models: ['toy-facts', 'toy-math'].map((toy) => toyProgram(toy, capital).expression) },
      params: {},
    }
    const call = { ...quietCall(), onEvent: ({ type }: { type: string }) => void events.push(type) }
    await expect(pool.decode({ ...toyProgram('toy-facts', capital, { maxTokens: 400 }), expression }, call)).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(
        /"toy-facts" and "toy-math" do not fit into \d MiB together: weights of \d MiB, and at least \d+ MiB for 2 contexts of up to 400 new tokens/,
      ),
      hint: expect.stringMatching(/fewer tokens/),
    })
    expect(events).toEqual([])
    expect(pool.local.loaded().size).toBe(0)
    const alone = await pool.decode(toyProgram('toy-facts', capital), quietCall()) // and what does fit still works
    expect(alone.text).toBe(' paris')
  })

  it('says what does not fit, with numbers, before it loads it', async () => {
    const pool = await newPool({ memoryBytes: mebibytes(1) })
    await expect(pool.decode(toyProgram('toy-facts', capital), quietCall())).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/MiB/),
    })
  })
})
