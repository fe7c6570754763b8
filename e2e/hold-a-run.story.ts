import { card, expect, output, run, test, whenDone } from './house'

test('a breakpoint pauses a run before its node; a step goes one node further, and going on ends it', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('F9')
  await expect(app.getByTestId('breakpoint-writer')).toBeVisible()

  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await run(app)
  await expect(card(app, 'writer').getByTestId('badge')).toContainText('paused')
  await expect(output(app, 'answer')).not.toContainText('rome')
  await app.getByTestId('step-run').click()
  await expect(card(app, 'writer').getByTestId('badge')).toContainText('done')
  await expect(app.getByTestId('resume-run')).toBeVisible()
  await app.getByTestId('resume-run').click()
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('the blue cup is in rome')

  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('F9')
  await expect(app.getByTestId('breakpoint-writer')).toBeHidden()
})

test('an output is pinned, edited and used; the result says so, the file knows nothing, and unpinning gives the real one back', async ({
  app,
}) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('Shift+P')
  await expect(app.getByTestId('pinned-writer')).toBeVisible()
  await app.getByTestId('pin-text').fill('the red key is in paris.')
  await run(app)
  await whenDone(app)
  await expect(card(app, 'writer').getByTestId('badge')).toContainText('pinned')
  await expect(output(app, 'answer')).toContainText('paris')

  await app.reload()
  await app.locator('.graph-open').first().click()
  await expect(app.getByTestId('pinned-writer')).toBeVisible()
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('Shift+P')
  await expect(app.getByTestId('pinned-writer')).toBeHidden()
  await run(app)
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
})
