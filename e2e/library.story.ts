import type { Page } from '@playwright/test'
import { canvas, card, clickEmpty, emptyPlace, expect, graphWith, openFile, test, typeText } from './house'

const text = (words: string) => ({ type: 'text', v: 1, params: { text: words } })
const join = { type: 'join-text', v: 1, params: {} }

const twoTexts = graphWith({
  interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'join.text' } } },
  nodes: { one: text('one'), two: text('two'), join },
  wires: [
    { from: 'one.text', to: 'join.texts#0' },
    { from: 'two.text', to: 'join.texts#1' },
  ],
  ui: {
    nodes: { one: { x: 0, y: 0 }, two: { x: 0, y: 220 }, join: { x: 380, y: 60 }, '=answer': { x: 760, y: 60 } },
    frames: [],
    notes: [],
  },
})

const library = (page: Page) => page.getByTestId('library-panel')

async function publish(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByTestId('command-palette').getByRole('combobox').fill('publish the subgraph')
  await page.keyboard.press('Enter')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Publish/ })
    .last()
    .click()
}

test('the library has a tab of its own: a subgraph is found, dragged in, in any version, and brought up to date', async ({ app }) => {
  await openFile(app, twoTexts)
  await app.getByRole('tab', { name: 'Library' }).click()
  await expect(library(app)).toContainText('Nothing is published yet')
  await card(app, 'two').locator('header').click()
  await card(app, 'join')
    .locator('header')
    .click({ modifiers: ['Control'] })
  await app.keyboard.press('Control+Shift+E')
  await typeText(app, 'Pair')
  await app.keyboard.press('Enter')
  await publish(app)
  const entry = library(app).getByRole('button', { name: /^Pair/ })
  await expect(entry).toContainText('v1')
  await expect(library(app)).toContainText('here: Pair, v1')

  // by a drag, to where it is let go
  await entry.dragTo(canvas(app), { targetPosition: await emptyPlace(app, { x: 520, y: 520 }) })
  await expect(card(app, 'subgraph')).toContainText('v1')

  await card(app, 'Subgraph').locator('header').dblclick()
  await card(app, 'two').getByRole('textbox').fill('three')
  await app.keyboard.press('Escape')
  await clickEmpty(app)
  await app.keyboard.press('Escape')
  await card(app, 'Subgraph').locator('header').click()
  await publish(app)
  await expect(entry).toContainText('v2')

  // the copy that was dragged in is older, and says what would change before anything does
  await library(app).getByRole('button', { name: 'See what v2 changes' }).click()
  await expect(app.getByTestId('update-sheet')).toContainText('three')
  await app.getByRole('button', { name: 'Update to version 2' }).click()
  await expect(library(app).getByRole('button', { name: 'See what v2 changes' })).toBeHidden()
  await expect(card(app, 'subgraph')).toContainText('v2')

  // an older version, from the menu
  await clickEmpty(app)
  await library(app).getByRole('button', { name: 'More about Pair' }).click()
  await app.getByRole('menuitem', { name: /^Put in version 1/ }).click()
  await expect(library(app)).toContainText('v1')
  await expect(library(app).getByRole('button', { name: 'See what v2 changes' })).toBeVisible()

  await app.getByLabel('Find in the library').fill('nothing like it')
  await expect(library(app)).toContainText('Nothing by this name.')
  await app.getByLabel('Find in the library').fill('pai')
  await expect(entry).toBeVisible()
})
