import { join } from 'node:path'
import { atRest, card, chooseFiles, expect, graphFile, test, tributary, whenDone } from './house'

test('a graph is exported, imported as another graph, and answers the same on the terminal for the same seed', async ({ app, house }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  const text = await graphFile(house, app)
  const file = join(house.home, 'exported.trib.json')
  const { stdout: listed } = await tributary(house.home, 'runs', 'ls', '--json')
  const [run] = JSON.parse(listed) as { seed: number }[]

  await chooseFiles(app, () => app.keyboard.press('Control+o'), file)
  await expect(app.getByRole('tab', { name: 'Answer from my documents', exact: false })).toHaveCount(2)
  await app.getByTestId('go-home').click()
  await expect(app.locator('[data-testid^="graph-g"]')).toHaveCount(2)
  await app.locator('[data-testid^="graph-g"] .graph-open').last().click()
  expect(await graphFile(house, app)).toBe(text)

  const args = ['run', file, '--input', 'question=where is the red key?', '--seed', String(run?.seed), '--no-cache', '--json']
  const headless = await tributary(house.home, ...args)
  expect(headless.code).toBe(0)
  const outputs = (JSON.parse(headless.stdout) as { outputs: Record<string, unknown> }).outputs
  await card(app, '=answer').locator('header').click()
  await app.keyboard.press('.')
  // the inspector has opened over that side of the canvas: the card is brought to the middle
  await app.keyboard.press('f')
  await atRest(card(app, '=answer'))
  await card(app, '=answer').getByRole('button', { name: 'Copy the value' }).click()
  await expect(app.getByTestId('toasts')).toContainText('Copied')
  const onCanvas = await app.evaluate(() => navigator.clipboard.readText())
  expect(onCanvas).toContain('the red key is in oslo')
  expect(outputs.answer).toBe(onCanvas)
})
