import { addNode, card, cards, choose, dropOnEmpty, expect, newGraph, port, test, watchFaults, wires } from './house'

test('two tabs on one graph stay the same graph', async ({ app, house, context }) => {
  await newGraph(app)
  await addNode(app, 'text', { x: 40, y: 60 })
  await expect(app.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  const other = await context.newPage()
  const faults = watchFaults(other)
  await other.goto(house.url)
  await other.locator('.graph-open').first().click()
  await expect(card(other, 'text')).toBeVisible()

  await card(other, 'text').getByRole('textbox').fill('from the other tab')
  await expect(card(app, 'text').getByRole('textbox')).toHaveValue('from the other tab')
  await dropOnEmpty(app, port(app, 'text', 'text', 'out'), { x: 400, y: 60 })
  await choose(app, 'split text')
  await expect(wires(other)).toHaveCount(1)

  // both at once, on different nodes: nothing of either is lost
  await Promise.all([
    card(app, 'text').getByRole('textbox').fill('written here'),
    card(other, 'split-text')
      .locator('header')
      .click()
      .then(() => other.keyboard.press('m')),
  ])
  for (const page of [app, other]) {
    await expect(card(page, 'text').getByRole('textbox')).toHaveValue('written here')
    await expect(card(page, 'split-text').getByTestId('badge')).toContainText('muted')
    await expect(cards(page)).toHaveCount(2)
    await expect(page.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  }
  await expect
    .poll(async () => (await app.getByTestId('saved').textContent()) === (await other.getByTestId('saved').textContent()))
    .toBe(true)
  await other.close()
  expect(faults).toEqual([])
})

test('a graph that one tab deletes is gone from the list of the other', async ({ app, house, context }) => {
  await newGraph(app)
  await addNode(app, 'text', { x: 40, y: 60 })
  const other = await context.newPage()
  await other.goto(house.url)
  await expect(other.locator('.graph-open')).toHaveCount(1)
  await app.getByTestId('go-home').click()
  await app.getByRole('button', { name: /^More about/ }).click()
  await app.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(other.locator('.graph-open')).toHaveCount(0)
})

test('after a reload, a tab takes back its own edits and leaves those of the other', async ({ app, house, context }) => {
  await newGraph(app)
  await addNode(app, 'text', { x: 40, y: 60 })
  await addNode(app, 'join', { x: 40, y: 300 })
  await expect(app.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  const other = await context.newPage()
  await other.goto(house.url)
  await other.locator('.graph-open').first().click()
  await expect(cards(other)).toHaveCount(2)
  await expect(other.getByTestId('undo')).toBeDisabled()
  await card(other, 'text').getByRole('textbox').fill('from the other tab')
  await expect(card(app, 'text').getByRole('textbox')).toHaveValue('from the other tab')
  await expect(other.getByTestId('saved')).toHaveAttribute('data-status', 'saved')

  await app.reload()
  await app.locator('.graph-open').first().click()
  await expect(cards(app)).toHaveCount(2)
  await app.getByTestId('undo').click()
  await expect(cards(app)).toHaveCount(1)
  await expect(card(app, 'text').getByRole('textbox')).toHaveValue('from the other tab')
  await expect(cards(other)).toHaveCount(1)
})
