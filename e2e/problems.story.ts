import {
  addNode,
  askToRun,
  canvas,
  card,
  choose,
  clickEmpty,
  dropOnEmpty,
  expect,
  graphWith,
  newGraph,
  openFile,
  port,
  run,
  test,
} from './house'

test('a missing model is a problem that says where, and its fix leads to the choice', async ({ app }) => {
  await newGraph(app)
  await addNode(app, 'text', { x: 20, y: 60 })
  await dropOnEmpty(app, port(app, 'text', 'text', 'out'), { x: 380, y: 60 })
  await choose(app, 'language model')
  await app.getByTestId('problem-count').click()
  const problems = app.getByTestId('problems')
  await expect(problems).toContainText('language-model')
  const missing = problems.locator('li', { hasText: /model/i }).filter({ hasText: 'Choose a model' })
  await expect(missing).toHaveCount(1)
  await clickEmpty(app, { x: 60, y: 500 })
  await missing.getByRole('button', { name: 'Choose a model' }).click()
  await expect(app.getByTestId('inspector').getByTestId('param-model')).toBeVisible()
  await app.getByTestId('inspector').getByTestId('model-field-language-model-model').click()
  await app.getByPlaceholder('Find a model…').fill('toy-facts')
  await app.keyboard.press('Enter')
  await expect(missing).toHaveCount(0)
})

test('a graph without an output says so, and the fix makes one', async ({ app }) => {
  await newGraph(app)
  await addNode(app, 'text', { x: 20, y: 60 })
  await card(app, 'text').getByRole('textbox').fill('hello')
  await app.getByTestId('problem-count').click()
  const fix = app.getByTestId('problems').getByRole('button', { name: 'Make it an output' })
  await fix.click()
  await expect(app.locator('.react-flow__node[data-id^="="]')).toHaveCount(1)
  await expect(fix).toHaveCount(0)
  await run(app)
  await expect(app.locator('[data-testid^="value-="]')).toContainText('hello')
})

test('a node that was just put down is incomplete, not wrong, and Run says what is missing; what is wrong is told apart', async ({
  app,
}) => {
  await newGraph(app)
  await addNode(app, 'language model', { x: 300, y: 120 })
  const model = card(app, 'language-model')
  await expect(model.getByTestId('badge')).toHaveText('incomplete')
  const count = app.getByTestId('problem-count')
  await expect(count).toHaveText(/^ *\d+ incomplete$/)
  await askToRun(app)
  const problems = app.getByTestId('problems')
  await expect(problems.locator('[data-kind="incomplete"]').getByRole('img', { name: 'incomplete' }).first()).toBeVisible()
  await expect(problems.locator('[data-kind="error"]')).toHaveCount(0)
  await expect(problems).toContainText(/needs a model/)
  await app.keyboard.press('Control+f')
  await expect(app.getByTestId('outline').getByRole('img', { name: /^incomplete: / })).toBeVisible()

  // a type that nobody knows is wrong
  await canvas(app).focus()
  await openFile(
    app,
    graphWith({
      nodes: { odd: { type: 'no-such-type', v: 1, params: {} } },
      ui: { nodes: { odd: { x: 0, y: 0 } }, frames: [], notes: [] },
    }),
  )
  await expect(card(app, 'odd').getByTestId('badge')).toHaveText('problem')
  await expect(count).toContainText('1 problem')
})
