import type { Page } from '@playwright/test'
import { card, expect, output, test, whenDone } from './house'

/** The template of two models that are mixed, run once, with the decoder in the inspector. */
async function open(app: Page): Promise<void> {
  await app.getByTestId('go-templates').click()
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await card(app, 'together').click({ position: { x: 60, y: 14 } })
  await app.getByRole('tab', { name: 'Params' }).click()
}
const next = (app: Page) => app.getByTestId('held-next')

test('an ensemble pauses before every token: it shows what each model held likely, goes a token on, and ends as without a pause', async ({
  app,
}) => {
  await open(app)
  const text = await output(app, 'together').textContent()
  await app.getByTestId('token-break').selectOption({ label: 'every token' })
  await expect(app.getByTestId('token-breakpoint-together')).toBeVisible()
  await app.keyboard.press('Control+Enter')

  await expect(app.getByTestId('held-text')).toContainText('is held before token 1')
  await expect(app.getByTestId('held-text')).toContainText('any token comes next')
  await expect(app.getByTestId('token-detail')).toContainText('toy-math')
  await expect(app.getByTestId('token-detail')).toContainText('toy-facts')
  await expect(app.getByTestId('run-status')).toHaveAttribute('data-status', 'running')
  const first = await next(app).textContent()
  await app.getByTestId('held-step').click()
  await expect(app.getByTestId('held-text')).toContainText('is held before token 2')
  await expect(card(app, 'together').getByTestId('live-text')).toHaveText(first ?? '')
  await expect(next(app)).toHaveText('end of text')
  await app.keyboard.press('F10')
  await whenDone(app)
  await expect(output(app, 'together')).toHaveText(text ?? '')
})

test('a breakpoint that is taken away while it holds lets the text go on to its end', async ({ app }) => {
  await open(app)
  const text = await output(app, 'together').textContent()
  await app.getByTestId('token-break').selectOption({ label: 'every token' })
  await app.keyboard.press('Control+Enter')
  await expect(app.getByTestId('held-text')).toContainText('is held before token 1')
  await app.getByTestId('token-break').selectOption({ label: 'no token' })
  await app.getByTestId('held-go-on').click()
  await whenDone(app)
  await expect(output(app, 'together')).toHaveText(text ?? '')
})

test('another token is chosen, the text goes on from it, and a later run does not take it for the node’s own', async ({ app }) => {
  await open(app)
  const before = await output(app, 'together').textContent()
  await app.getByTestId('token-break').selectOption({ label: 'the token with this number' })
  await app.keyboard.press('Control+Enter')
  await expect(app.getByTestId('held-text')).toBeVisible()
  const drawn = await next(app).textContent()
  const others = app.getByTestId('token-detail').locator('.candidate:not([disabled]):not([aria-current="true"])')
  await others.first().click()
  await expect(next(app)).toHaveAttribute('data-chosen', 'true')
  await expect(next(app)).not.toHaveText(drawn ?? '')
  await app.getByTestId('held-go-on').click()
  await whenDone(app)
  await expect(output(app, 'together')).not.toHaveText(before ?? '')

  await expect(card(app, 'together').getByTestId('badge')).toContainText('by hand')

  // The next run without a breakpoint gives what the graph gives: what a person wrote is not taken for it.
  await app.getByTestId('token-break').selectOption({ label: 'no token' })
  await app.keyboard.press('Control+Enter')
  await expect(output(app, 'together')).toHaveText(before ?? '')
})

test('a held run survives a reload, and Stop ends it', async ({ app }) => {
  await open(app)
  await app.getByTestId('token-break').selectOption({ label: 'every token' })
  await app.keyboard.press('Control+Enter')
  await expect(app.getByTestId('held-text')).toContainText('any token comes next')
  await app.reload()
  await app.locator('.graph-open').first().click()
  await expect(app.getByTestId('held-text')).toContainText('is held before token 1')
  await app.getByTestId('stop').click()
  await expect(app.getByTestId('run-status')).toHaveAttribute('data-status', 'stopped')
})
