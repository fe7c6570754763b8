import { atRest, canvas, card, carry, expect, graphFile, output, run, test, whenDone } from './house'

test('a card is as wide as a hand makes it, and wires keep to its ports', async ({ app, house }) => {
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await card(app, 'mix').locator('header').click()
  await canvas(app).focus()
  // the template has made it narrower
  await app.keyboard.press('Alt+a')
  await app.keyboard.press('o')
  await expect(app.getByTestId('undo')).toBeEnabled()
  await app.keyboard.press('f')
  const width = async () => Math.round((await card(app, 'mix').boundingBox())?.width ?? 0)
  await atRest(card(app, 'mix'))
  const own = await width()
  const box = await card(app, 'mix').boundingBox()
  if (!box) throw new Error('the card is not there')
  const corner = { x: box.x + box.width - 3, y: box.y + box.height - 3 }
  await carry(app, corner, { x: corner.x + 90, y: corner.y })
  await expect.poll(width).toBeGreaterThan(own + 60)
  const port = async () => {
    const dot = await app.getByTestId('port-mix-out:distribution').boundingBox()
    const now = await card(app, 'mix').boundingBox()
    return dot && now ? Math.abs(dot.x + dot.width / 2 - (now.x + now.width)) : Number.NaN
  }
  await expect.poll(port, 'the port stands on the edge').toBeLessThan(3)
  const kept = async () => JSON.parse(await graphFile(house, app)).ui.nodes.mix.width ?? 0
  await expect.poll(kept, 'the hand has let go').toBeGreaterThan(248)
  await app.getByTestId('undo').click()
  await expect.poll(width).toBe(own)
  await canvas(app).focus()
  await app.keyboard.press('Alt+a')
  await app.keyboard.press('w')
  await expect.poll(width).toBeGreaterThan(own)
  await app.keyboard.press('Alt+a')
  await app.keyboard.press('o')
  await expect.poll(width).toBe(own)
})

test('from afar, ports stand on the edge of their card', async ({ app }) => {
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await canvas(app).focus()
  await app.keyboard.press('0')
  for (let i = 0; i < 8; i++) await app.keyboard.press('-')
  await expect(app.locator('.far-card').first()).toBeVisible()
  for (const id of ['mix', 'math', 'facts']) {
    const off = async () => {
      const dot = await app.getByTestId(`port-${id}-out:distribution`).boundingBox()
      const box = await card(app, id).boundingBox()
      return dot && box ? Math.abs(dot.x + dot.width / 2 - (box.x + box.width)) : Number.NaN
    }
    await expect.poll(off, id).toBeLessThan(3)
  }
})

test('each wire of a mixture has its weight, by name, on the card and in the inspector', async ({ app, house }) => {
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await expect(output(app, 'together')).toHaveText(/15/)
  const weight = card(app, 'mix').getByLabel('Weights of Knows sums')
  await expect(weight).toHaveAttribute('placeholder', 'equal')
  await weight.fill('0')
  await card(app, 'mix').getByLabel('Weights of Knows facts').fill('1')
  await run(app)
  await whenDone(app)
  const weights = JSON.parse(await graphFile(house, app)).nodes.mix.params.weights
  expect(weights).toEqual([0, 1])
  // all weight on one model: it writes what it writes alone
  const alone = await output(app, 'alone').textContent()
  await expect(output(app, 'together')).toHaveText(alone ?? '')
  await card(app, 'mix').locator('header').click()
  const inspector = app.getByTestId('inspector')
  await expect(inspector.getByLabel('Weights of Knows facts')).toHaveValue('1')
  await inspector.getByLabel('Weights of Knows facts').fill('')
  await expect(inspector.getByLabel('Weights of Knows sums')).toHaveValue('')
})
