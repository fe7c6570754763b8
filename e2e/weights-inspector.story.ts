import { card, expect, type House, run, test, tributary, whenDone } from './house'

const models = async (house: House): Promise<string> => (await tributary(house.home, 'models', 'ls')).stdout

test('what a merge changes is seen before a model is written, tensor by tensor', async ({ app, house }) => {
  await app.getByTestId('template-merge-two-specialists').click()
  await expect(card(app, 'merge')).toBeVisible()
  await card(app, 'merge').getByText('Add what each').click()
  await app.keyboard.press('Control+`')
  await app.getByRole('tab', { name: 'Weights' }).click()

  // nothing has run: the recipe is made, and nothing else
  await app.getByRole('button', { name: 'Look before writing' }).click()
  const map = app.getByTestId('heat-map')
  await expect(map).toBeVisible({ timeout: 30_000 })
  await expect(app.getByTestId('weights-panel')).toContainText('measured against the base')
  await expect(app.getByTestId('cosines')).toContainText('0.08')

  // one tensor, by the mouse and by the keys
  await map.getByRole('button', { name: /^layer 2, ffn_up: 1\d %$/ }).click()
  await expect(app.getByTestId('tensor-detail')).toContainText('blk.2.ffn_up.weight')
  await expect(app.getByRole('img', { name: /^Spread of the changes of blk\.2\.ffn_up\.weight/ })).toBeVisible()
  await app.keyboard.press('ArrowRight')
  await expect(app.getByTestId('tensor-detail')).toContainText('blk.3.ffn_up.weight')
  await app.getByRole('button', { name: 'Sign conflicts' }).click()
  await expect(map.getByRole('button', { name: /^layer 2, ffn_up: 4\d %$/ })).toBeVisible()
  // how much of each model goes into each tensor
  await app.getByRole('button', { name: 'Coefficients', exact: true }).click()
  await expect(map.getByRole('button', { name: 'layer 2, ffn_up: 0.800' })).toBeVisible()
  await expect(app.getByTestId('tensor-detail')).toContainText('coefficient')

  expect(await models(house)).not.toContain('toy-math-and-facts')
  await run(app)
  await whenDone(app)
  expect(await models(house)).toContain('toy-math-and-facts')
})
