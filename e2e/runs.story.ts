import { card, chooseFiles, expect, output, run, test, whenDone } from './house'

test('runs are listed, a past one opens as it was, and there is a way back', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await run(app)
  await expect(output(app, 'answer')).toContainText('the blue cup is in rome')
  await whenDone(app)
  await card(app, 'context').locator('header').click()
  await app.keyboard.press('Delete')
  await expect(card(app, 'context')).toBeHidden()

  await app.getByTestId('go-runs').click()
  const rows = app.getByTestId('runs-screen').locator('.run-row')
  await expect(rows).toHaveCount(2)
  await app.getByLabel('Search in outputs').fill('red key')
  await expect(rows).toHaveCount(1)
  await rows.getByRole('button', { name: 'Open as of then' }).click()
  await expect(app.getByTestId('past-banner')).toBeVisible()
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
  await expect(card(app, 'context')).toBeVisible()
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('Delete')
  await expect(card(app, 'writer')).toBeVisible()
  await app.getByTestId('leave-past').click()
  await expect(app.getByTestId('past-banner')).toBeHidden()
  await expect(card(app, 'context')).toBeHidden()
  await app.getByTestId('undo').click()
  await expect(card(app, 'context')).toBeVisible()
})

test('a run gets a verdict, a tag and a note, is found by them, run again to the last byte, and travels as one file', async ({
  app,
  house,
}) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await app.getByTestId('go-runs').click()
  const rows = app.getByTestId('runs-screen').locator('.run-row')
  await rows.first().locator('.run-answer').click()
  const detail = app.getByTestId('run-detail')
  await detail.getByRole('button', { name: 'good' }).click()
  await detail.getByLabel('Tags').fill('demo first')
  await detail.getByLabel('Tags').blur()
  await detail.getByLabel('Note').fill('to be remembered')
  await detail.getByLabel('Note').blur()
  await expect(rows.first()).toContainText('#demo')
  await app.getByLabel('Marked as').selectOption('bad')
  await expect(rows).toHaveCount(0)
  await app.getByLabel('Marked as').selectOption('good')
  await app.getByLabel('Search in outputs').fill('remembered')
  await expect(rows).toHaveCount(1)

  const download = app.waitForEvent('download')
  await detail.getByRole('button', { name: 'Export as a bundle' }).click()
  const bundle = await download
  expect(bundle.suggestedFilename()).toMatch(/\.trib-run\.zip$/)
  const path = `${house.home}/run.trib-run.zip`
  await bundle.saveAs(path)

  await detail.getByRole('button', { name: 'Run again exactly' }).click()
  await expect(app.getByTestId('toasts')).toContainText('The same answer, to the last byte')

  await app.getByTestId('go-runs').click()
  await chooseFiles(app, () => app.getByRole('button', { name: 'Open a run bundle…' }).click(), path)
  await expect(app.getByTestId('past-banner')).toBeVisible()
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
  await app.getByTestId('go-runs').click()
  await expect(rows.first()).toContainText('Answer from my documents')
  await expect(rows).toHaveCount(3)
})
