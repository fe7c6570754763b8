import type { Page } from '@playwright/test'
import { atRest, canvas, card, cards, centre, expect, graphWith, openFile, test, whenDone } from './house'

test.use({ viewport: { width: 1440, height: 900 } })

/** Does every card lie within the canvas, whole? */
async function isAllInSight(page: Page): Promise<boolean> {
  const frame = await canvas(page).boundingBox()
  const boxes = await Promise.all((await cards(page).all()).map((one) => one.boundingBox()))
  if (!frame || boxes.length === 0) return false
  return boxes.every(
    (box) =>
      box &&
      box.x >= frame.x - 1 &&
      box.y >= frame.y - 1 &&
      box.x + box.width <= frame.x + frame.width + 1 &&
      box.y + box.height <= frame.y + frame.height + 1,
  )
}

const allInSight = (page: Page) => expect.poll(() => isAllInSight(page)).toBe(true)

test('a graph that is all in view stays so when panels come and go and the window changes, until a hand moves it', async ({ app }) => {
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await allInSight(app)
  await app.getByTestId('toggle-inspector').click()
  await expect(app.getByTestId('inspector')).toBeVisible()
  await allInSight(app)
  await canvas(app).focus()
  await app.keyboard.press('Control+`')
  await expect(app.getByTestId('dock')).toBeVisible()
  await allInSight(app)
  await app.setViewportSize({ width: 1400, height: 860 })
  await allInSight(app)
  await app.keyboard.press('Control+`')
  await expect(app.getByTestId('dock')).toBeHidden()
  await allInSight(app)

  // away and back, with another room: all of it still
  await app.getByTestId('go-runs').click()
  await app.setViewportSize({ width: 1440, height: 900 })
  await app.getByRole('tab', { name: /token by token/ }).click()
  await allInSight(app)

  // a hand moves it: from now on it stays
  const held = card(app, '@question')
  const before = await held.boundingBox()
  await canvas(app).hover({ position: { x: 300, y: 20 } })
  await app.mouse.wheel(0, 120)
  await expect.poll(async () => (await held.boundingBox())?.y).not.toBe(before?.y)
  await atRest(held)
  const put = await held.boundingBox()
  await app.getByTestId('toggle-inspector').click()
  await expect(app.getByTestId('inspector')).toBeHidden()
  await atRest(held)
  expect(await held.boundingBox()).toEqual(put)

  // and when all is asked for, all it is, and stays
  await canvas(app).focus()
  await app.keyboard.press('1')
  await allInSight(app)
  await app.getByTestId('toggle-inspector').click()
  await expect(app.getByTestId('inspector')).toBeVisible()
  await allInSight(app)
})

test('a card that is clicked stays under the pointer when the inspector opens; when it closes, all is in view as before', async ({
  app,
}) => {
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await allInSight(app)
  await expect(app.getByTestId('inspector')).toBeHidden()
  const first = card(app, '@question')
  await atRest(first)
  const before = await first.boundingBox()
  await first.locator('header').click()
  await expect(app.getByTestId('inspector')).toBeVisible()
  await atRest(first)
  expect(await first.boundingBox()).toEqual(before)
  await canvas(app).focus()
  await app.keyboard.press('Control+Alt+\\')
  await expect(app.getByTestId('inspector')).toBeHidden()
  await allInSight(app)
})

test('a double click on a container at the edge goes in, though the inspector opens under the pointer', async ({ app }) => {
  const ends = { frames: [], notes: [] }
  await openFile(
    app,
    graphWith({
      nodes: { said: { type: 'text', v: 1, params: { text: 'one' } }, each: { type: 'map', v: 1, params: {}, subgraph: 'inner' } },
      subgraphs: {
        inner: { interface: { inputs: { item: { type: 'text' } }, outputs: {} }, nodes: {}, wires: [], ui: { nodes: {}, ...ends } },
      },
      ui: { nodes: { said: { x: 0, y: 0 }, each: { x: 760, y: 0, collapsed: true } }, ...ends },
    }),
  )
  await allInSight(app)
  await expect(app.getByTestId('inspector')).toBeHidden()
  await atRest(card(app, 'each'))
  const { x, y } = await centre(card(app, 'each').locator('header'))
  await app.mouse.dblclick(x, y)
  await expect(app.getByTestId('breadcrumb')).toBeVisible()
  const covers = await app.getByTestId('inspector').boundingBox()
  expect(covers?.x, 'the inspector lies where the card was').toBeLessThan(x)
})
