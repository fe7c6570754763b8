import { card, expect, output, runOn, test, tributary, whenDone } from './house'

test('the plan counts only what will run, says what does not fit, and mends it with one click', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  const plan = app.getByTestId('plan')
  await app.getByTestId('open-plan').click()
  await expect(plan).toContainText('Nothing has changed')
  await expect(plan.locator('[data-action="cached"]')).toHaveCount(10)
  await app.keyboard.press('Escape')

  await app.getByTestId('go-settings').click()
  const memory = app.getByRole('spinbutton', { name: 'Memory for models' })
  await memory.fill('0.001')
  await memory.blur()
  await app.getByTestId('go-home').click()
  await app.locator('.graph-open').first().click()
  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await app.getByTestId('open-plan').click()
  await expect(plan.getByTestId('memory-chart')).toContainText('does not fit')
  await expect(app.getByRole('dialog').getByRole('button', { name: 'Run', exact: true })).toBeDisabled()
  await plan.getByRole('button', { name: 'Let models take' }).click()
  await expect(plan.getByTestId('memory-chart')).not.toContainText('does not fit')
  await runOn(app, () => app.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click())
  await whenDone(app)
  await expect(app.getByTestId('value-=answer')).toContainText('the blue cup is in rome')
})

test('branches run beside each other or in sequence: chosen in the plan, kept in the graph, the same answer with less memory', async ({
  app,
  house,
}) => {
  await app.getByTestId('run-template-ranked-and-fused').click()
  await whenDone(app)
  const answer = await output(app, 'answer').textContent()
  await card(app, '@question').getByRole('textbox').fill('where is the red ball?')
  await app.getByTestId('open-plan').click()
  const branches = app.getByTestId('branches')
  const beside = branches.getByRole('radio', { name: /Beside each other/ })
  const sequence = branches.getByRole('radio', { name: /One after the other/ })
  const peak = app.getByTestId('memory-chart').locator('b').first()
  await expect(beside).toBeChecked()
  const before = await peak.textContent()
  await sequence.check()
  await expect(sequence).toBeChecked()
  await expect(peak).not.toHaveText(before ?? '')
  const [mebibytes = 0, less = 0] = [before, await peak.textContent()].map((text) => Number.parseFloat(text ?? ''))
  expect(less).toBeLessThan(mebibytes)

  // one step back, one step forward, and the plan follows
  await app.keyboard.press('Escape')
  await app.getByTestId('undo').click()
  await app.getByTestId('open-plan').click()
  await expect(beside).toBeChecked()
  await expect(peak).toHaveText(before ?? '')
  await app.keyboard.press('Escape')
  await app.getByTestId('redo').click()
  await app.getByTestId('open-plan').click()
  await expect(sequence).toBeChecked()
  await runOn(app, () => app.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click())
  await whenDone(app)

  // the terminal runs it as the window does, and the other way gives the same answer
  const name = 'Two models, ranked and fused'
  const { stdout } = await tributary(house.home, 'plan', name, '--input', 'question=where is the blue cup?')
  expect(stdout).toContain('branches run one after the other')
  const other = await tributary(
    house.home,
    'run',
    name,
    '--input',
    'question=where is the red ball?',
    '--branches',
    'beside',
    '--no-cache',
    '--quiet',
  )
  expect(other.stdout.trim()).toBe((await output(app, 'answer').textContent())?.trim())
  expect(answer).not.toBe('')
})
