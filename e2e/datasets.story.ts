import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseFiles, expect, output, test, tributary } from './house'
import { manyQuestions } from './many-questions'

const grid = (app: import('@playwright/test').Page) => app.getByTestId('batch-grid')

test('a template fills a grid: figures, a filter of disagreement, and a cell that opens its run', async ({ app, house }) => {
  await app.getByTestId('go-templates').click()
  await app.getByTestId('run-template-ab-over-a-dataset').click()
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', /running|done/)
  await expect(app.getByTestId('cell-0-0')).toHaveAttribute('data-status', 'done')
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'done', { timeout: 60_000 })
  await expect(app.getByTestId('batch-progress')).toContainText('144 of 144')
  const both = app.getByTestId('figure-both-right')
  await expect(both).toContainText('1')
  await expect(both).toContainText('better')
  const right = Number(await app.getByTestId('figure-facts alone-right').locator('.figure-mean').textContent())
  expect(right).toBeLessThan(0.9)

  await app.getByTestId('batch-filter').selectOption({ label: 'facts alone wrong, both right' })
  const wrong = Math.round(48 * (1 - right))
  await expect(app.getByTestId('shown-rows')).toHaveText(`${wrong} of 48 rows`)
  const first = grid(app).locator('[data-testid^="grid-row-"]').first()
  await expect(first.getByRole('img', { name: '0, wrong' }).first()).toBeVisible()
  await first.getByRole('button', { name: /, both: .* Open its run/ }).click()
  await expect(app.getByTestId('past-banner')).toBeVisible()
  await expect(output(app, 'answer')).not.toBeEmpty()

  // The terminal sees the same batch, and gets the same figures from the same rows without running anything again.
  await writeFile(join(house.home, 'variants.json'), JSON.stringify({ facts: { 'mix.weights': [1, 0] }, both: { 'mix.weights': [1, 1] } }))
  const asked = ['--data', 'sample:toy-mixed-questions', '--map', 'question=.question', '--metric', 'right:em=answer~.gold', '--seed', '7']
  const told = await tributary(
    house.home,
    'batch',
    'template:ab-over-a-dataset',
    ...asked,
    '--variants',
    join(house.home, 'variants.json'),
    '--assert',
    'right@both>right@facts',
    '--json',
  )
  expect(told.code).toBe(0)
  const { metrics, assertions, progress } = JSON.parse(told.stdout)
  expect(progress).toMatchObject({ done: 96, failed: 0 })
  expect(metrics[0].variants[0].mean.toFixed(2)).toBe(right.toFixed(2))
  expect(metrics[0].variants[1].mean).toBe(1)
  expect(assertions).toEqual([expect.objectContaining({ ok: true })])
})

test('a batch of another process fills the grid live, and leaves as CSV', async ({ app, house }) => {
  test.slow()
  await app.getByTestId('go-datasets').click()
  const asked = ['--data', manyQuestions(house.home, 6), '--map', 'question=.question', '--metric', 'right:em=answer~.gold']
  const told = tributary(house.home, 'batch', 'template:ab-over-a-dataset', ...asked, '--seed', '11', '--concurrency', '1')
  await app.locator('[data-testid^="batch-b_"]').first().click()
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'running')
  await expect(app.getByTestId('cell-0-0')).toHaveAttribute('data-status', 'done')
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'done', { timeout: 120_000 })
  expect((await told).code).toBe(0)
  await expect(app.getByTestId('batch-progress')).toContainText('288 of 288')
  await expect(app.getByTestId('batch-summary')).toContainText('right')
  for (const row of [1, 5]) await expect(app.getByTestId(`cell-${row}-0`)).toHaveAttribute('data-status', 'done')

  const download = app.waitForEvent('download')
  await app.getByTestId('export-batch').click()
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n')
  expect(lines[0]).toMatch(/^row,.*graph: answer,graph: right/)
  expect(lines).toHaveLength(289)
})

test('a file of 12,000 rows scrolls and becomes a batch: columns are mapped by themselves, it is paused, stopped and gone on with', async ({
  app,
}) => {
  test.slow()
  await app.getByTestId('go-templates').click()
  await app.getByTestId('template-ab-over-a-dataset').getByRole('button', { name: /^Open/ }).first().click()
  await expect(app.getByTestId('canvas')).toBeVisible()
  await app.getByTestId('go-datasets').click()
  await app.getByTestId('paste-dataset').click()
  await app.getByRole('textbox', { name: 'Rows' }).fill('question,gold\nq: what is 1 plus 1? a:,2')
  await app.getByRole('button', { name: 'Add it' }).click()
  await expect(app.getByTestId('dataset-table')).toContainText('q: what is 1 plus 1?')
  await app.getByTestId('to-datasets').click()
  const rows = Array.from({ length: 12_000 }, (_, i) => `q: what is ${i % 8} plus ${i % 5}? a:,${(i % 8) + (i % 5)}`)
  await chooseFiles(app, () => app.getByTestId('add-dataset').click(), {
    name: 'sums.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`question,gold\n${rows.join('\n')}`),
  })
  const table = app.getByTestId('dataset-table')
  await expect(table).toContainText('q: what is 0 plus 0?')
  await expect(app.getByTestId('datasets-screen')).toContainText('12,000 rows')
  await table.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await expect(table).toContainText('12,000')
  await expect(table).toContainText(rows.at(-1)?.split(',')[0] ?? '')
  expect(await table.locator('tr').count()).toBeLessThan(80)

  await app.getByTestId('run-over-dataset').click()
  await app.getByTestId('setup-graph').selectOption({ index: 1 })
  await expect(app.getByTestId('map-question')).toHaveValue('.question')
  await app.getByTestId('add-variant').click()
  await app.getByTestId('add-setting').selectOption('answer.maxTokens')
  await app.getByRole('spinbutton', { name: /in B$/ }).fill('1')
  await app.getByTestId('start-batch').click()
  await expect(app.getByTestId('cell-0-1')).toHaveAttribute('data-status', 'done', { timeout: 30_000 })
  await app.getByTestId('pause-batch').click()
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'paused')
  await app.getByTestId('stop-batch').click()
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'stopped')
  await app.getByTestId('resume-batch').click()
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'running')
  await app.getByTestId('stop-batch').click()
  await app.getByTestId('to-datasets').click()
  await expect(app.getByTestId('datasets-screen').getByTestId(/^batch-b_/)).toHaveCount(1)
})
