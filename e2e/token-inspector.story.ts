import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { card, cards, expect, test, whenDone } from './house'

/** The template whose two models are contrasted, run, with the decoder's tokens on screen. */
async function openTokens(app: Page, template: string, node: string): Promise<void> {
  await app.getByTestId('go-templates').click()
  await app.getByTestId(`run-template-${template}`).click()
  await whenDone(app)
  await card(app, node).click({ position: { x: 60, y: 14 } })
  await app.getByRole('tab', { name: 'Output' }).click()
  await app.getByTestId('inspector').getByRole('button', { name: 'Look at the tokens' }).click()
  await expect(app.getByTestId('tokens-panel')).toBeVisible()
}

test('every token says who decided it, and what each model held likely', async ({ app }) => {
  await openTokens(app, 'mix-token-by-token', 'together')
  await expect(app.getByTestId('tokens-summary')).toContainText('mean divergence')
  await app.getByTestId('token-0').click()
  const detail = app.getByTestId('token-detail')
  await expect(detail).toContainText('toy-math')
  await expect(detail).toContainText('models 1 · weight 0.5')
  await expect(app.getByTestId('token-0')).toHaveAttribute('aria-pressed', 'true')
  await app.getByTestId('token-0').focus()
  await app.keyboard.press('End')
  await expect(app.locator('.token[aria-pressed="true"]')).toBeFocused()
})

test('a click on another candidate makes a branch, shows both texts, and is one step back', async ({ app }) => {
  await openTokens(app, 'contrast-away-mistakes', 'contrasted')
  const before = await cards(app).count()
  await app.getByTestId('token-0').first().click()
  await expect(app.getByTestId('token-detail')).toContainText('amateur · weight -0.5')
  await app
    .getByRole('button', { name: /^Fork here with/ })
    .first()
    .click()
  await whenDone(app)
  await expect(cards(app)).toHaveCount(before + 1)
  await expect(app.getByTestId('tokens-panel')).toContainText('first difference at token 1')
  await expect(app.locator('.token[data-origin="prefix"]')).toHaveCount(1)
  await app.getByTestId('undo').click()
  await expect(cards(app)).toHaveCount(before)
})

test('drafts are counted, and a trace leaves as CSV', async ({ app }) => {
  await openTokens(app, 'draft-and-verify', 'byModel')
  await expect(app.getByTestId('tokens-summary')).toContainText('of drafts accepted')
  await expect(app.locator('.token[data-origin="draft"]').first()).toBeVisible()
  await app.getByRole('button', { name: 'Export the tokens' }).click()
  const download = app.waitForEvent('download')
  await app.getByRole('menuitem', { name: 'Export as CSV' }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  expect(text.split('\r\n')[0]).toContain('token,id,text,origin')
})
