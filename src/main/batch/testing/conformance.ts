import { describe, expect, it } from 'vitest'
import { newFolder, open } from '../../store/testing'
import type { OpenQueue } from '../queue'
import { dataset, definition, document, type FakeRuns, fakeRuns } from '.'

export interface QueueUnderTest {
  readonly open: OpenQueue
  /** begins a worker on this folder that takes `concurrency` at once; a queue that works by itself has none */
  work?(runs: FakeRuns, concurrency: number): Promise<() => Promise<void>>
  /** makes the queue forget everything */
  wipe?(): Promise<void>
}

const questions = (count: number) => Array.from({ length: count }, (_, i) => `q${i}`)

/** What every queue promises. `prepare` gives a queue of its own for each test. */
export function queueConformance(name: string, prepare: (folder: string) => Promise<QueueUnderTest>): void {
  describe(`the queue ${name}`, () => {
    const setUp = async (rows: number, ms: number) => {
      const folder = newFolder()
      const store = open(folder)
      const runs = fakeRuns(store, { ms })
      const queue = await prepare(folder)
      const id = await runs.batches.create({ document, dataset: dataset(questions(rows)), definition: definition() })
      return { store, runs, queue, id }
    }
    const options = (queue: QueueUnderTest) => ({ queue: queue.open, concurrency: 3, reconcileMs: 200 })

    it('has every item done, once', async () => {
      const { store, runs, queue, id } = await setUp(20, 1)
      const leave = await queue.work?.(runs, 3)
      const { status, progress } = await (await runs.batches.start(id, options(queue))).done
      expect([status, progress]).toMatchObject(['done', { items: 40, done: 40, failed: 0, active: 0 }])
      expect(store.batches.outcomes(id)).toHaveLength(40)
      expect([...runs.counts.values()].every((count) => count === 1)).toBe(true)
      await leave?.()
    })

    it('begins nothing while it is paused', async () => {
      const { runs, queue, id } = await setUp(15, 10)
      const leave = await queue.work?.(runs, 2)
      const handle = await runs.batches.start(id, options(queue))
      await new Promise<void>((resolve) => {
        const away = handle.subscribe({
          onOutcome: () => {
            away()
            resolve()
          },
        })
      })
      await handle.pause()
      await new Promise((resolve) => setTimeout(resolve, 150))
      const { done } = handle.progress()
      expect(done).toBeLessThan(30)
      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(handle.progress().done).toBe(done)
      await handle.resume()
      expect((await handle.done).progress.done).toBe(30)
      await leave?.()
    })

    it('stops what is at work, and what is missing is done later', async () => {
      const { store, runs, queue, id } = await setUp(10, 60)
      const leave = await queue.work?.(runs, 3)
      const handle = await runs.batches.start(id, options(queue))
      await new Promise<void>((resolve) => {
        handle.subscribe({ onOutcome: () => resolve() })
      })
      await handle.stop()
      expect((await handle.done).status).toBe('stopped')
      const before = store.batches.outcomes(id).length
      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(store.batches.outcomes(id)).toHaveLength(before)
      const { progress } = await (await runs.batches.start(id, options(queue))).done
      expect(progress).toMatchObject({ done: 20, failed: 0 })
      await leave?.()
    })

    it('may forget everything in the middle: all outcomes, none twice', async () => {
      const { store, runs, queue, id } = await setUp(20, 15)
      if (!queue.wipe) return
      const leave = await queue.work?.(runs, 3)
      const handle = await runs.batches.start(id, options(queue))
      let wiped = 0
      handle.subscribe({
        onOutcome: () => {
          const { done } = handle.progress()
          if ((done > 5 && wiped === 0) || (done > 20 && wiped === 1)) {
            wiped++
            void queue.wipe?.()
          }
        },
      })
      const { progress } = await handle.done
      expect(wiped).toBe(2)
      expect(progress).toMatchObject({ done: 40, failed: 0 })
      expect(store.batches.outcomes(id)).toHaveLength(40)
      await leave?.()
    })
  })
}
