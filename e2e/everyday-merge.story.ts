import { readFile } from 'node:fs/promises'
import { card, chooseFiles, expect, graphWith, openFile, run, test, whenDone } from './house'

test('a merge, from two specialists to a written model: it tells what it is made of, goes out as MergeKit, and comes back from the file', async ({
  app,
}) => {
  await app.getByTestId('run-template-merge-two-specialists').click()
  await whenDone(app)
  await app.keyboard.press('1')
  await card(app, 'write').locator('header').click()
  const inspector = app.getByTestId('inspector')
  await inspector.getByRole('tab', { name: 'Output' }).click()
  await expect(inspector).toContainText('Made of')
  await expect(inspector).toContainText('toy-base, toy-math, toy-facts')
  // the file: its size, and its hash, short to read and whole to copy
  await expect(inspector).toContainText(/Size[\d.]+ [KM]B/)
  const shown = inspector.locator('.sha-copy .mono')
  await expect(shown).toHaveText(/^[0-9a-f]{12}…$/)
  const sha256 = (await shown.getAttribute('title')) ?? ''
  expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  await inspector.getByRole('button', { name: 'Copy the SHA-256' }).click()
  await expect(app.getByTestId('toasts')).toContainText('Copied')
  expect(await app.evaluate(() => navigator.clipboard.readText())).toBe(sha256)
  const graph = await app.getByRole('tab', { selected: true }).first().textContent()

  // the recipe of the expression, step by step, with weights and places
  await card(app, 'merge').locator('header').click()
  await inspector.getByRole('tab', { name: 'Output' }).click()
  await expect(inspector).toContainText('task arithmetic')
  await expect(inspector).toContainText('toy-math weight 0.8')
  await expect(inspector).toContainText('toy-base base')

  // why: the method that is chosen first, the others behind a click; nothing is drawn, so no seed is asked for
  await inspector.getByRole('tab', { name: 'Why' }).click()
  await expect(inspector).toContainText('Task arithmetic: Adds what each model learnt')
  const other = inspector.getByRole('listitem').filter({ hasText: 'Karcher mean:' })
  await expect(other).toBeHidden()
  await inspector.getByText(/^\d+ other methods$/).click()
  await expect(other).toBeVisible()
  await expect(inspector).toContainText('Ilharco 2023')
  await inspector.getByRole('tab', { name: 'Params' }).click()
  await expect(inspector.getByTestId('param-method')).toContainText('Adds what each model learnt')
  await expect(inspector.getByTestId('param-seed')).toHaveCount(0)

  const download = app.waitForEvent('download')
  await app.getByTestId('graph-menu').click()
  await app.getByRole('menuitem', { name: 'Export the merge as a MergeKit file' }).click()
  const file = await readFile(await (await download).path(), 'utf8')
  expect(file).toContain('merge_method: task_arithmetic')
  await chooseFiles(app, () => app.keyboard.press('Control+o'), {
    name: 'mine.yml',
    mimeType: 'application/yaml',
    buffer: Buffer.from(file),
  })
  await expect(app.getByRole('tab', { name: 'mine' })).toBeVisible()
  await expect(app.locator('[data-node-type="merger"]')).toContainText('Task arithmetic')

  await app
    .getByRole('tab', { name: graph ?? '' })
    .first()
    .click()
  await card(app, 'write').locator('header').click()
  await inspector.getByRole('tab', { name: 'Output' }).click()
  await inspector.getByTestId('open-recipe').click()
  await expect(app.locator('.react-flow')).toContainText('Opened from the recipe in the file')
})

const load = (model: string) => ({ type: 'load-weights', v: 1, params: { model: `model:${model}` } })
const average = graphWith({
  models: { math: { catalog: 'toy-math' }, facts: { catalog: 'toy-facts' } },
  nodes: {
    one: load('math'),
    two: load('facts'),
    merge: { type: 'merger', v: 1, params: {} },
  },
  wires: [
    { from: 'one.weights', to: 'merge.models#0' },
    { from: 'two.weights', to: 'merge.models#1' },
  ],
  ui: { nodes: { one: { x: 0, y: 0 }, two: { x: 0, y: 240 }, merge: { x: 360, y: 80 } }, frames: [], notes: [] },
})

test('what an earlier step of a recipe gets wrong is told with the way to that step', async ({ app }) => {
  await openFile(
    app,
    graphWith({
      models: { math: { catalog: 'toy-math' }, facts: { catalog: 'toy-facts' } },
      nodes: {
        one: load('math'),
        two: load('facts'),
        merge: { type: 'merger', v: 1, title: 'The first of two', params: { method: 'linear', weights: '1, -1' } },
        again: { type: 'merger', v: 1, params: {} },
        write: { type: 'write-model', v: 1, params: {} },
      },
      wires: [
        { from: 'one.weights', to: 'merge.models#0' },
        { from: 'two.weights', to: 'merge.models#1' },
        { from: 'merge.weights', to: 'again.models#0' },
        { from: 'one.weights', to: 'again.models#1' },
        { from: 'again.weights', to: 'write.weights' },
      ],
      interface: { inputs: {}, outputs: { model: { from: 'write.model', type: 'model' } } },
      ui: {
        nodes: {
          one: { x: 0, y: 0 },
          two: { x: 0, y: 240 },
          merge: { x: 360, y: 80 },
          again: { x: 720, y: 80 },
          write: { x: 1080, y: 80 },
        },
        frames: [],
        notes: [],
      },
    }),
  )
  await run(app)
  await expect(card(app, 'write')).toContainText('sum to zero', { timeout: 60_000 })
  await app.keyboard.press('Control+\\')
  await app.keyboard.press('1')
  await card(app, 'write').locator('header').click()
  const inspector = app.getByTestId('inspector')
  await inspector.getByRole('tab', { name: 'Output' }).click()
  await inspector.getByRole('button', { name: 'The first of two' }).click()
  await inspector.getByRole('tab', { name: 'Params' }).click()
  await expect(inspector.getByTestId('param-weights')).toBeVisible()
  await expect(card(app, 'merge')).toHaveClass(/is-selected/)
})

test('without a base the map tells how far each model lies from the mean, and nothing that holds of any two models', async ({ app }) => {
  await openFile(app, average)
  await app.keyboard.press('Control+`')
  await app.getByRole('tab', { name: 'Weights' }).click()
  await app.getByRole('button', { name: 'Look before writing' }).click()
  const panel = app.getByTestId('weights-panel')
  await expect(panel).toContainText('measured against the mean', { timeout: 30_000 })
  await expect(panel.getByRole('button', { name: 'Distance' })).toBeVisible()
  await expect(panel.getByRole('combobox')).toHaveValue('0')
  await expect(panel.getByRole('button', { name: 'Sign conflicts' })).toHaveCount(0)
  await expect(panel.getByTestId('cosines')).toHaveCount(0)
  await expect(panel).toContainText('A method with a base')
})

test('what was measured and what a search found are told in words and tables', async ({ app }) => {
  await openFile(
    app,
    graphWith({
      models: { math: { catalog: 'toy-math' }, facts: { catalog: 'toy-facts' } },
      nodes: {
        one: load('math'),
        two: load('facts'),
        rows: { type: 'dataset', v: 1, params: { source: 'sample:toy-mixed-questions.jsonl' } },
        measure: {
          type: 'calibrate',
          v: 1,
          seed: 1,
          params: { model: 'model:math', promptColumn: 'question', answerColumn: 'gold', rows: 8 },
        },
        search: {
          type: 'search-coefficients',
          v: 1,
          seed: 1,
          params: { promptColumn: 'question', answerColumn: 'gold', rows: 8, budget: 4 },
        },
      },
      wires: [
        { from: 'one.weights', to: 'search.models#0' },
        { from: 'two.weights', to: 'search.models#1' },
        { from: 'rows.dataset', to: 'search.data' },
        { from: 'rows.dataset', to: 'measure.data' },
      ],
      interface: {
        inputs: {},
        outputs: { found: { from: 'search.report', type: 'json' }, measured: { from: 'measure.report', type: 'scores' } },
      },
      ui: {
        nodes: {
          one: { x: 0, y: 0 },
          two: { x: 0, y: 240 },
          rows: { x: 0, y: 480 },
          measure: { x: 360, y: 480 },
          search: { x: 360, y: 0 },
        },
        frames: [],
        notes: [],
      },
    }),
  )
  await run(app)
  await whenDone(app)
  await app.keyboard.press('Control+\\')
  const inspector = app.getByTestId('inspector')
  const look = async (id: string) => {
    await app.locator('.canvas').focus()
    await app.keyboard.press('1')
    await card(app, id).locator('header').click()
    await inspector.getByRole('tab', { name: 'Output' }).click()
  }
  await look('measure')
  await expect(inspector).toContainText('Gram matrices')
  await expect(inspector).toContainText('nats a token')
  await look('search')
  await expect(inspector.getByRole('columnheader', { name: 'Loss' })).toBeVisible()
  await expect(inspector).toContainText('Candidates 4 rows')
  const plot = inspector.getByTestId('search-plot')
  await expect(plot).toContainText('4 candidates')
  await expect(plot.locator('circle.place')).toHaveCount(4)
  await plot.getByRole('img').first().hover()
  await expect(plot).toContainText(/Number [1-4]: loss/)

  // a run that takes the search from this one was told no candidates, and draws them all the same
  await run(app)
  await whenDone(app)
  await expect(card(app, 'search')).toContainText('from an earlier run')
  await expect(plot.locator('circle.place')).toHaveCount(4)
  await inspector.getByText('As JSON').click()
  await expect(inspector).toContainText('"candidates"')
})
