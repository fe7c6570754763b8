import { expect, test } from './house'

test('the bottom panel shows two tabs side by side, and each graph keeps its panels', async ({ app }) => {
  await app.getByTestId('run-template-mix-token-by-token').click()
  await expect(app.locator('[data-testid="run-status"][data-status="done"]')).toBeVisible()
  await app.keyboard.press('Control+`')
  const dock = app.getByTestId('dock')
  await dock.getByRole('button', { name: 'Split the bottom panel' }).click()
  const second = app.getByTestId('dock-beside')
  await expect(second.getByRole('tab', { name: 'Tokens' })).toHaveAttribute('aria-selected', 'true')
  await expect(second.getByTestId('token-0')).toBeVisible()
  await expect(dock.getByRole('tab', { name: 'Timeline' }).first()).toHaveAttribute('aria-selected', 'true')

  // the tab that the other half shows: they trade places
  await second.getByRole('tab', { name: 'Timeline' }).click()
  await expect(dock.getByRole('tab', { name: 'Tokens' }).first()).toHaveAttribute('aria-selected', 'true')
  await expect(second.getByRole('tab', { name: 'Timeline' })).toHaveAttribute('aria-selected', 'true')

  // by keys, too
  const before = (await second.boundingBox())?.width ?? 0
  await app.getByRole('separator', { name: 'Width of the second half' }).focus()
  await app.keyboard.press('ArrowLeft')
  await expect.poll(async () => (await second.boundingBox())?.width).toBe(before + 16)

  // another graph begins alike and goes its own way
  await app.getByTestId('go-templates').click()
  await app.getByTestId('run-template-draft-and-verify').click()
  await expect(second).toBeVisible()
  await dock.getByRole('button', { name: 'Close the second half' }).click()
  await dock.getByRole('button', { name: 'Hide the bottom panel' }).click()
  await expect(dock).toBeHidden()
  await app.getByRole('tab', { name: /token by token/ }).click()
  await expect(second).toBeVisible()

  await app.reload()
  await app.locator('.graph-open', { hasText: 'token by' }).click()
  await expect(second).toBeVisible()
  await expect(second.getByRole('tab', { name: 'Timeline' })).toHaveAttribute('aria-selected', 'true')
})
