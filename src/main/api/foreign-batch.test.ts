import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { BatchNews } from '../../shared/batch/api'
import { dataset, definition, document, fakeRuns } from '../batch/testing'
import { newFolder, open } from '../store/testing'
import { batchCsv } from './batch-csv'
import { followForeign } from './foreign-batch'

/** A batch that one process works on, seen by another one: two stores on one folder. */
describe('a batch of another process', () => {
  it('is followed by what it records: every outcome once, its figures, its end', async () => {
    const folder = newFolder()
    const [there, here] = [open(folder), open(folder)]
    const { batches } = fakeRuns(there, { ms: 40 })
    const id = await batches.create({ document, dataset: dataset(['q0', 'bad', 'q2', 'q3']), definition: definition() })
    const handle = await batches.start(id, { concurrency: 1 })
    const news: BatchNews[] = []
    const over = new Promise<void>((resolve) => {
      followForeign({
        store: here,
        batch: id,
        summary: () => [],
        push: (told) => {
          news.push(told)
          if (told.status === 'done') resolve()
        },
      })
    })
    await handle.done
    await over
    const outcomes = news.flatMap((told) => told.outcomes)
    expect(outcomes.map(({ row, variant }) => `${row}${variant}`).sort()).toEqual(['00', '01', '10', '11', '20', '21', '30', '31'])
    expect(news[0]?.status).toBe('running')
    expect(news.at(-1)).toMatchObject({ status: 'done', progress: { items: 8, done: 6, failed: 2, active: 0 } })
    expect(news.at(-1)?.summary).toHaveLength(2)
  })

  it('tells nothing more when nobody listens', async () => {
    const folder = newFolder()
    const [there, here] = [open(folder), open(folder)]
    const { batches } = fakeRuns(there, { ms: 5 })
    const id = await batches.create({ document, dataset: dataset(['q0', 'q1']), definition: definition() })
    const handle = await batches.start(id, { concurrency: 1 })
    const news: BatchNews[] = []
    const leave = followForeign({ store: here, batch: id, summary: () => [], push: (told) => news.push(told) })
    leave()
    const { length } = news
    await handle.done
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(news).toHaveLength(length)
  })
})

describe('a batch as CSV', () => {
  it('has a line a row: fields, then every variant with whole outputs, metrics and errors', async () => {
    const store = open()
    const { batches } = fakeRuns(store)
    const odd = 'q "0",\nwith a second line'
    const id = await batches.create({ document, dataset: dataset([odd, 'bad']), definition: definition() })
    await (await batches.start(id)).done
    const [first, second] = parse(await batchCsv(store, id), { columns: true }) as Record<string, string>[]
    expect(first).toMatchObject({
      row: '1',
      'A: status': 'done',
      'A: answer': odd,
      'B: answer': `${odd}!`,
      'A: exact': '1',
      'B: exact': '0',
    })
    expect(second).toMatchObject({ row: '2', 'A: status': 'failed', 'A: answer': '', 'A: exact': '' })
    expect(second?.['A: error']).not.toBe('')
  })
})
