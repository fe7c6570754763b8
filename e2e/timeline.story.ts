import { card, expect, output, run, test, whenDone } from './house'

test('the timeline moves through a run on the canvas, shows its critical path, and lays another run under it', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await app.keyboard.press('Control+`')
  const timeline = app.getByTestId('timeline')
  await expect(timeline.getByRole('button', { name: /decode/ }).first()).toBeVisible()

  const scrubber = app.getByTestId('scrubber')
  await scrubber.focus()
  await app.keyboard.press('Home')
  await expect(output(app, 'answer')).toContainText('The value appears here')
  await expect(card(app, 'writer').getByTestId('live-text')).toHaveCount(0)
  await app.keyboard.press('End')
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')

  await app.getByTestId('critical-path').click()
  await expect(timeline).toContainText('nodes decide')
  await expect(timeline.locator('.is-critical').first()).toBeVisible()

  await timeline
    .getByRole('button', { name: /^Answer: / })
    .first()
    .click()
  await expect(app.locator('.card.is-selected')).toHaveCount(1)

  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await run(app)
  await expect(output(app, 'answer')).toContainText('the blue cup is in rome')
  await whenDone(app)
  await app.getByLabel('Lay another run under it').selectOption({ index: 1 })
  await expect(timeline.locator('.segment-under').first()).toBeVisible()

  await app.getByRole('button', { name: 'Play this run on the canvas' }).click()
  await expect(timeline).toContainText('whole run', { timeout: 20_000 })
  await expect(output(app, 'answer')).toContainText('the blue cup is in rome')
})
