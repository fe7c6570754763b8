import { card, expect, run, test, whenDone } from './house'

test('a param is forked into A, B and C: what they share runs once, they stand side by side, and one of them stays', async ({
  app,
  house,
}) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await card(app, 'writer').locator('header').click()
  await app.getByRole('button', { name: 'Fork Longest answer into variants' }).click()
  const panel = app.getByTestId('fork-panel')
  await expect(panel).toBeVisible()
  await panel.getByRole('button', { name: 'Variant', exact: true }).click()
  for (const [letter, value] of [
    ['A', '2'],
    ['B', '4'],
    ['C', '64'],
  ] as const)
    await panel.getByRole('textbox', { name: `variant ${letter}` }).fill(value)
  await expect(card(app, 'writer')).toContainText('A|B|C Longest answer')
  await panel.getByTestId('run-variants').click()
  const cells = panel.getByRole('row', { name: /^Plan/ }).getByRole('cell')
  await expect(cells).toHaveCount(3)
  for (const cell of await cells.all()) await expect(cell).toContainText('from the cache', { timeout: 60_000 })
  await expect(panel.getByTestId('first-difference')).toContainText('First node where they differ')
  await expect(panel.getByTestId('first-difference')).toContainText('for its Longest answer differs')
  await expect(panel.getByTestId('first-token')).toContainText('number 3')
  // the documents were read once, by the run before: every variant finds them
  await expect(cells.nth(2)).not.toContainText(' 0 from the cache')

  await panel.getByTestId('keep-C').click()
  await expect(panel).toBeHidden()
  await expect(app.getByTestId('param-maxTokens').locator('input').last()).toHaveValue('64')
  await app.getByTestId('undo').click()
  await expect(card(app, 'writer')).toContainText('A|B|C Longest answer')
  expect(house.home).toBeTruthy()
})

test('runs are compared: where they part, word by word, and which settings differ', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await run(app)
  await expect(app.getByTestId('value-=answer')).toContainText('the blue cup is in rome')
  await whenDone(app)
  await app.getByTestId('go-compare').click()
  const add = app.getByLabel('Add a run')
  await expect(add.locator('option')).toHaveCount(3)
  await add.selectOption({ index: 2 })
  await add.selectOption({ index: 1 })
  const table = app.getByTestId('compare-table')
  await expect(table.getByTestId('word-diff').first()).toContainText('blue')
  await expect(table.locator('ins').first()).toContainText('blue')
  await expect(app.getByTestId('first-difference')).toContainText('for it was given another question')
  await expect(app.getByTestId('graph-changes')).toContainText('the same graph')
})
