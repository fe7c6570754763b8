import type { Locator, Page } from '@playwright/test'
import { canvas, card, cards, choose, expect, newGraph, palette, test, typeText, whenDone, wires } from './house'

test('a pipeline is made and run by the keyboard alone', async ({ app }) => {
  await app.keyboard.press('Alt+n')
  await expect(canvas(app)).toBeVisible()
  await app.keyboard.press('Tab')
  await expect(palette(app)).toBeVisible()
  await choose(app, 'text')
  await expect(card(app, 'text')).toBeVisible()
  // Enter goes to the inspector, Escape comes back
  await app.keyboard.press('Enter')
  await app.getByTestId('param-text').getByRole('textbox').focus()
  await typeText(app, 'q: what is the capital of france? a:')
  await expect(card(app, 'text').getByRole('textbox')).toHaveValue('q: what is the capital of france? a:')
  // a selected node is wired to what the list of nodes adds
  await app.getByLabel('Find a node').focus()
  await typeText(app, 'language')
  await app.keyboard.press('ArrowDown')
  await app.keyboard.press('Enter')
  await expect(card(app, 'language-model')).toBeVisible()
  await expect(wires(app)).toHaveCount(1)
  const model = app.getByTestId('inspector').getByTestId('model-field-language-model-model')
  await model.focus()
  await app.keyboard.press('Enter')
  await typeText(app, 'toy-facts')
  await app.keyboard.press('Enter')
  await expect(card(app, 'language-model')).toContainText('toy-facts')
  await app.keyboard.press('Control+Enter')
  await whenDone(app)
  await expect(card(app, 'language-model').getByTestId('live-text')).toContainText('paris')
  await canvas(app).focus()
  await app.keyboard.press('Control+a')
  await app.keyboard.press('Delete')
  await expect(cards(app)).toHaveCount(0)
  await app.keyboard.press('Control+z')
  await expect(cards(app)).toHaveCount(2)
})

/** Presses Tab until the focus is there, as somebody without a mouse would. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('the focus never came there')
}

test('three nodes are put down, set, wired, laid out and run without a mouse, and every focus is reached by keys', async ({ app }) => {
  await app.keyboard.press('Alt+n')
  await expect(canvas(app)).toBeVisible()
  const add = async (search: string, id: string) => {
    await app.keyboard.press('Tab')
    await expect(palette(app)).toBeVisible()
    await typeText(app, search)
    await app.keyboard.press('Enter')
    await expect(card(app, id)).toBeVisible()
  }
  await add('text', 'text')
  await app.keyboard.press('Enter')
  await tabTo(app, app.getByTestId('param-text').getByRole('textbox'))
  await typeText(app, 'q: what is the capital of france? a:')
  await app.keyboard.press('Escape')
  await add('language model', 'language-model')
  await app.keyboard.press('Enter')
  await tabTo(app, app.getByTestId('inspector').getByTestId('model-field-language-model-model'))
  await app.keyboard.press('Enter')
  await typeText(app, 'toy-facts')
  await app.keyboard.press('Enter')
  await expect(card(app, 'language-model')).toContainText('toy-facts')
  await expect(app.getByTestId('inspector').getByTestId('model-field-language-model-model')).toBeFocused()
  await app.keyboard.press('Escape')
  await expect(card(app, 'language-model')).toHaveClass(/is-selected/)
  await add('split text', 'split-text')
  await app.keyboard.press('Control+a')
  await app.keyboard.press('Shift+W')
  await expect(wires(app)).toHaveCount(2)
  await app.keyboard.press('Control+Shift+L')
  await app.keyboard.press('1')
  await app.keyboard.press('Control+Enter')
  await whenDone(app)
  await expect(card(app, 'split-text')).toContainText('paris')
  // back along the wires by arrows, to the one that wrote it
  await app.keyboard.press('Escape')
  await app.keyboard.press('ArrowRight')
  await app.keyboard.press('ArrowRight')
  await expect(card(app, 'language-model')).toHaveClass(/is-selected/)
  await expect(card(app, 'language-model').getByTestId('live-text')).toContainText('paris')
})

test('arrows follow the wires', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await card(app, 'ask').locator('header').click()
  await app.keyboard.press('ArrowRight')
  await expect(app.getByTestId('inspector')).toContainText('writer')
  await app.keyboard.press('ArrowLeft')
  await expect(app.getByTestId('inspector')).not.toContainText('writer')
  await card(app, 'ask').locator('header').click()
  await app.keyboard.press('Shift+ArrowRight')
  await expect(app.getByTestId('inspector')).toContainText(/\d+ things selected/)
})

test('Ctrl+K finds every command, and acts', async ({ app }) => {
  await newGraph(app)
  await app.keyboard.press('?')
  const help = app.getByRole('dialog')
  await expect(help).toBeVisible()
  await app.keyboard.press('Escape')
  const titles = [
    'Run',
    'Stop',
    'Run to here',
    'Undo',
    'Redo',
    'Copy',
    'Cut',
    'Paste',
    'Duplicate with incoming wires',
    'Delete',
    'Add a node',
    'Add a note',
    'Frame the selection',
    'Select all, or none',
    'Mute or unmute',
    'Bypass or not',
    'Fold or unfold',
    'Rename',
    'Lay out the selection, or everything',
    'Align left edges',
    'Distribute in a row',
    'Fit all',
    'Zoom to 100 %',
    'Find in this graph',
    'New graph',
    'Import a graph or MergeKit file…',
    'Export as a JSON file',
    'Save a named version',
    'Copy as a command for the terminal',
    'Close this tab',
    'Keyboard shortcuts',
    'Theme: dark',
    'Models',
    'Settings',
  ]
  await app.keyboard.press('Control+k')
  const box = app.getByTestId('command-palette')
  for (const title of titles) {
    await box.getByRole('combobox').fill(title)
    await expect(box.getByRole('option').filter({ hasText: title }).first()).toBeVisible()
  }
  await box.getByRole('combobox').fill('dark')
  await app.keyboard.press('Enter')
  await expect(app.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('wires are made, gone through and removed by the keyboard', async ({ app }) => {
  await newGraph(app)
  await canvas(app).focus()
  await app.keyboard.press('Tab')
  await choose(app, 'text')
  await canvas(app).focus()
  await app.keyboard.press('Tab')
  await choose(app, 'split text')
  await canvas(app).focus()
  await app.keyboard.press('Control+a')
  await app.keyboard.press('Shift+W')
  await expect(wires(app)).toHaveCount(1)
  await app.keyboard.press('Escape')
  await app.keyboard.press('ArrowRight')
  await app.keyboard.press('w')
  await expect(app.locator('.wire.is-selected')).toHaveCount(1)
  await app.keyboard.press('Delete')
  await expect(wires(app)).toHaveCount(0)
  await expect(cards(app)).toHaveCount(2)
})
