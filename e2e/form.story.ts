import { expect, test, watchFaults } from './house'

test('a colleague opens the address of a form, asks, stops, reads marked claims, keeps the run as a test case', async ({
  app,
  house,
  browser,
}) => {
  test.slow()
  await app.getByTestId('template-answer-from-documents').getByRole('button', { name: /^Open/ }).first().click()
  await expect(app.getByTestId('canvas')).toBeVisible()
  await app.getByTestId('toggle-form').click()
  await expect(app.getByTestId('form-view')).toBeVisible()
  await expect(app.getByTestId('canvas')).toBeHidden()
  await expect(app).toHaveURL(/#\/form\/g_[0-9a-f]+$/)
  const address = new URL(app.url()).hash
  await app.getByTestId('toggle-form').click()
  await expect(app.getByTestId('canvas')).toBeVisible()
  await expect(app).not.toHaveURL(/form/)

  const token = new URL(house.url).hash.replace('#', '')
  const page = await (await browser.newContext({ viewport: { width: 640, height: 720 } })).newPage()
  const faults = watchFaults(page)
  await page.goto(`${house.origin}/${address}?${token}`)
  await expect(page.getByTestId('form-view')).toBeVisible()
  await expect(page).toHaveURL(/#\/form\/g_[0-9a-f]+$/)
  await expect(page.getByTestId('go-home')).toBeHidden()
  // it is ready to be typed into, and wide enough for a small window
  const question = page.getByRole('textbox', { name: 'Question' })
  await expect(question).toBeFocused()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  await question.fill('where is the blue cup?')
  await page.keyboard.press('Control+Enter')
  const answer = page.getByTestId('form-output-answer')
  await expect(answer).toContainText('the blue cup is in rome', { timeout: 60_000 })
  await expect(answer.getByTestId('claim').first()).toHaveAttribute('data-verdict', 'supported')
  await expect(page.getByTestId('form-done')).toContainText('Done in')
  await page.getByTestId('keep-as-case').click()
  await expect(page.getByText(/Kept as row 1 of “Test cases of/)).toBeVisible()
  await page.reload()
  await expect(page.getByTestId('form-view')).toBeVisible()
  await page.getByTestId('form-to-canvas').click()
  await expect(page.getByTestId('canvas')).toBeVisible()
  expect(faults).toEqual([])

  await app.getByTestId('go-datasets').click()
  await app.getByRole('button', { name: /^Test cases of/ }).click()
  await expect(app.getByTestId('dataset-table')).toContainText('where is the blue cup?')
  await expect(app.getByTestId('dataset-table')).toContainText('the blue cup is in rome')
})
