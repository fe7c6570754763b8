import { describe, expect, it } from 'vitest'
import { newFolder, open } from '../store/testing'
import { dataset, definition, document, fakeRuns } from './testing'

const questions = (count: number) => Array.from({ length: count }, (_, i) => `q${i}`)

describe('a batch', () => {
  it('runs every row under every variant, once, and measures it', async () => {
    const store = open()
    const { batches, counts } = fakeRuns(store)
    const id = await batches.create({ document, dataset: dataset(questions(5)), definition: definition() })
    const handle = await batches.start(id)
    const { status, progress, summary } = await handle.done
    expect([status, progress.done, progress.failed]).toEqual(['done', 10, 0])
    expect([...counts.values()].every((count) => count === 1)).toBe(true)
    expect(store.batches.outcomes(id).map(({ row, variant }) => `${row}${'AB'[variant]}`)).toEqual([
      '0A',
      '0B',
      '1A',
      '1B',
      '2A',
      '2B',
      '3A',
      '3B',
      '4A',
      '4B',
    ])
    const [exact, em] = summary
    expect(exact?.variants[0]).toEqual({ count: 5, mean: 1, low: 1, high: 1 })
    // B says “q0!”: never the same letters, always the same words; 5 losses of 5: p = 2/32
    expect(exact?.variants[1]).toMatchObject({ count: 5, mean: 0, paired: { rows: 5, difference: -1, wins: 0, losses: 5, p: 0.0625 } })
    expect(em?.variants[1]).toMatchObject({ mean: 1, paired: { difference: 0, p: 1 } })
    expect(store.batches.get(id)).toMatchObject({ status: 'done', summary })
  })

  it('has so many at work at once as it is told, and the number can change', async () => {
    const { batches, most } = fakeRuns(open(), { ms: 5 })
    const id = await batches.create({ document, dataset: dataset(questions(12)), definition: definition() })
    const handle = await batches.start(id, { concurrency: 3 })
    await handle.done
    expect(most()).toBe(3)
  })

  it('goes on after a failure, and tries the failed ones again when asked', async () => {
    const store = open()
    let broken = true
    const { batches, counts } = fakeRuns(store, { bad: () => broken })
    const id = await batches.create({ document, dataset: dataset(['q0', 'bad', 'q2']), definition: definition() })
    const first = await (await batches.start(id)).done
    expect([first.status, first.progress]).toMatchObject(['done', { done: 4, failed: 2 }])
    expect(store.batches.outcome(id, 2)).toMatchObject({ status: 'failed', error: { code: 'node-failed' }, run: expect.any(String) })
    broken = false
    expect(store.batches.forgetFailures(id)).toBe(2)
    const second = await (await batches.start(id)).done
    expect(second.progress).toMatchObject({ done: 6, failed: 0 })
    expect([counts.get('q0'), counts.get('bad')]).toEqual([1, 2])
  })

  it('ends at the first failure where it is not to go on', async () => {
    const { batches, counts } = fakeRuns(open())
    const rows = dataset(['q0', 'bad', ...questions(40)])
    const id = await batches.create({ document, dataset: rows, definition: definition({ keepGoing: false }) })
    const { status, progress } = await (await batches.start(id, { concurrency: 1 })).done
    expect([status, progress.failed]).toEqual(['failed', 1])
    expect(counts.size).toBeLessThan(6)
  })

  it('pauses, goes on, stops, and is resumed with only what is missing', async () => {
    const store = open()
    const { batches, counts } = fakeRuns(store, { ms: 4 })
    const id = await batches.create({ document, dataset: dataset(questions(20)), definition: definition() })
    const handle = await batches.start(id, { concurrency: 2 })
    let seen = 0
    const reached = (count: number) =>
      new Promise<void>((resolve) => {
        const leave = handle.subscribe({
          onOutcome: () => {
            seen++
            if (seen < count) return
            leave()
            resolve()
          },
        })
      })
    await reached(5)
    await handle.pause()
    expect(store.batches.get(id).status).toBe('paused')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const paused = handle.progress()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(handle.progress().done).toBe(paused.done)
    await handle.resume()
    await reached(12)
    await handle.stop()
    const { status, progress } = await handle.done
    expect(status).toBe('stopped')
    expect(progress.done).toBeLessThan(40)
    expect(progress.active).toBe(0)
    const finished = store.batches.outcomes(id).length
    const end = await (await batches.start(id)).done
    expect(end.progress).toMatchObject({ done: 40, failed: 0 })
    // only those that were stopped in the middle ran twice
    const runs = [...counts.values()].reduce((sum, count) => sum + count, 0)
    expect(runs - 40).toBeLessThanOrEqual(2)
    expect(finished).toBeGreaterThan(0)
  })

  it('that a dead process left is stopped, and another process takes it up', async () => {
    const folder = newFolder()
    const first = open(folder)
    const left = fakeRuns(first, { ms: 3 })
    const id = await left.batches.create({ document, dataset: dataset(questions(10)), definition: definition() })
    const handle = await left.batches.start(id)
    await new Promise((resolve) => setTimeout(resolve, 15))
    const second = open(folder)
    expect(second.batches.get(id).status).toBe('running')
    await expect(fakeRuns(second).batches.start(id)).rejects.toMatchObject({ code: 'store-locked' })
    await handle.stop()
    const before = second.batches.outcomes(id).length
    const taken = fakeRuns(second)
    const { progress } = await (await taken.batches.start(id)).done
    expect(progress.done).toBe(20)
    expect(taken.counts.size).toBe(20 - before)
  })

  it('records a first outcome only', async () => {
    const store = open()
    const { batches } = fakeRuns(store)
    const id = await batches.create({ document, dataset: dataset(['q0']), definition: definition() })
    await (await batches.start(id)).done
    const late = { row: 0, variant: 0, status: 'failed' as const, outputs: {}, metrics: {}, wallMs: 0, tokens: 0 }
    expect(store.batches.record(id, late)).toBe(false)
    expect(store.batches.outcome(id, 0)?.status).toBe('done')
  })

  it('keeps the rows as they were, each set once', async () => {
    const store = open()
    const { batches } = fakeRuns(store)
    const rows = dataset(questions(3))
    const [a, b] = [
      await batches.create({ document, dataset: rows, definition: definition() }),
      await batches.create({ document, dataset: rows, definition: definition() }),
    ]
    expect(store.batches.get(a).dataset).toBe(store.batches.get(b).dataset)
    expect(store.datasets.row(store.batches.get(a).dataset, 2)).toEqual({ question: 'q2', gold: 'q2' })
  })
})

describe('what is wrong is said before anything is stored', () => {
  it.each<[string, object, string]>([
    ['a column that is not there', { map: { q: '.qestion' } }, 'names the column “qestion”'],
    ['an input that is not there', { map: { p: '.question' } }, 'has no input “p”'],
    ['an input without a value', { map: {} }, 'is given by no column'],
    ['a param that is not there', { variants: [{ name: 'A', set: { 'echo.mak': 1 } }] }, 'has no param “mak”'],
    ['a node that is not there', { variants: [{ name: 'A', set: { 'eco.mark': 1 } }] }, 'has no node “eco”'],
    ['a metric that is not there', { metrics: [{ name: 'x', kind: 'emm', expected: '.gold' }] }, 'no metric “emm”'],
    ['a metric without its expectation', { metrics: [{ name: 'em', kind: 'em' }] }, 'what is expected'],
    [
      'an output that is not there',
      { metrics: [{ name: 'em', kind: 'em', output: 'anser', expected: '.gold' }] },
      'looks at the output “anser”',
    ],
    [
      'an option out of its range',
      { metrics: [{ name: 'c', kind: 'close', expected: '.gold', options: { tolerance: -1 } }] },
      'not allowed to be -1',
    ],
    ['two variants of one name', { variants: [{ name: 'A' }, { name: 'A' }] }, 'two variants have one name'],
  ])('%s', async (_, changes, message) => {
    const store = open()
    await expect(fakeRuns(store).batches.create({ document, dataset: dataset(['q0']), definition: definition(changes) })).rejects.toThrow(
      message,
    )
    expect(store.batches.list()).toEqual([])
  })
  it('a dataset without rows', async () =>
    expect(fakeRuns(open()).batches.create({ document, dataset: dataset([]), definition: definition() })).rejects.toMatchObject({
      code: 'data-empty',
    }))
})

it('a row that cannot be meant fails alone', async () => {
  const store = open()
  const { batches } = fakeRuns(store)
  const graph = { ...document, interface: { ...document.interface, inputs: { q: { type: 'number' as const } } } }
  const id = await batches.create({
    document: graph,
    dataset: dataset(['1', 'x', '3']),
    definition: definition({ variants: [{ name: 'A' }] }),
  })
  const { progress } = await (await batches.start(id)).done
  expect(progress).toMatchObject({ done: 2, failed: 1 })
  expect(store.batches.outcome(id, 1)?.error).toMatchObject({ code: 'input-type', port: 'q' })
})
