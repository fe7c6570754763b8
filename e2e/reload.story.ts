import { addNode, card, cards, expect, newGraph, output, test, whenDone } from './house'

test('a reload keeps the graph, what was typed, and the last run', async ({ app, house, context }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('F2')
  await app.keyboard.type('My writer')
  await app.keyboard.press('Enter')
  await expect(card(app, 'writer')).toContainText('My writer')
  await expect(app.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  // What is typed into an input is a draft that follows a moment later: another tab tells when it has arrived.
  await expect(async () => {
    const other = await context.newPage()
    await other.goto(house.url)
    await other.locator('.graph-open').first().click()
    await expect(card(other, '@question').getByRole('textbox')).toHaveValue('where is the blue cup?', { timeout: 5000 })
    await other.close()
  }).toPass()
  await app.reload()
  await app.getByText('Answer from my documents, and check every claim').first().click()
  await expect(card(app, 'writer')).toContainText('My writer')
  await expect(card(app, '@question').getByRole('textbox')).toHaveValue('where is the blue cup?')
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
  await expect(app.getByTestId('run-status')).toContainText('done')
})

test('an edit that was just made outlives a reload', async ({ app }) => {
  await newGraph(app)
  await addNode(app, 'text', { x: 100, y: 100 })
  await card(app, 'text').getByRole('textbox').fill('written a moment ago')
  await expect(app.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  await app.reload()
  await app.locator('.graph-open').first().click()
  await expect(cards(app)).toHaveCount(1)
  await expect(card(app, 'text').getByRole('textbox')).toHaveValue('written a moment ago')
})
