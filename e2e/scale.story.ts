import type { Page } from '@playwright/test'
import { atRest, card, cards, carry, centre, expect, graphWith, openFile, test } from './house'

/** As it moves for most people. */
test.use({ contextOptions: { reducedMotion: 'no-preference' } })

const columns = 15
/** 150 cards in a grid, each wired to the one at its left. */
const grid = graphWith({
  models: {},
  nodes: Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`n${i}`, { type: 'join-text', v: 1, params: {} }])),
  wires: Array.from({ length: 150 }, (_, i) => i)
    .filter((i) => i % columns !== 0)
    .map((i) => ({ from: `n${i - 1}.text`, to: `n${i}.texts#0` })),
  ui: {
    nodes: Object.fromEntries(
      Array.from({ length: 150 }, (_, i) => [`n${i}`, { x: (i % columns) * 330, y: Math.floor(i / columns) * 190 }]),
    ),
    frames: [],
    notes: [],
  },
})

declare global {
  interface Window {
    tributaryRenderCounts(): Record<string, number>
  }
}

test('a drag draws no other card again, keeps wires on their ports, and only what is in view is there at all', async ({ app }) => {
  await openFile(app, grid)
  await app.keyboard.press('1')
  await expect.poll(() => cards(app).count()).toBeGreaterThan(100)
  await card(app, 'n37').locator('header').click()
  await app.keyboard.press('f')
  // at reading size most cards are not in the page
  await expect.poll(() => cards(app).count()).toBeLessThan(60)
  await atRest(card(app, 'n37').locator('header'))
  const head = await centre(card(app, 'n37').locator('header'))
  await app.mouse.move(head.x, head.y)
  await app.mouse.down()
  await app.mouse.move(head.x + 5, head.y + 5)
  const before = await counts(app)
  await app.mouse.move(head.x + 70, head.y + 40, { steps: 20 })
  const during = await counts(app)
  expect(Object.keys(during).filter((id) => during[id] !== before[id])).toEqual([])
  const end = await app
    .getByTestId('wire-n36.text>n37.texts#0')
    .locator('.wire-path')
    .evaluate((path) => {
      const line = path as SVGPathElement
      const at = line.getPointAtLength(line.getTotalLength()).matrixTransform(line.getScreenCTM() ?? new DOMMatrix())
      return { x: at.x, y: at.y }
    })
  const port = await centre(app.getByTestId('port-n37-in:texts'))
  expect(Math.hypot(end.x - port.x, end.y - port.y)).toBeLessThan(8)
  await app.mouse.up()
  const after = await counts(app)
  // let go of, the card and its own wires are drawn at their new places, and the layer of far wires hears of it once
  expect(drawnAgain(before, after).filter((id) => id !== 'wire:' && !id.includes('n37'))).toEqual([])
  // one step of the history, however many frames it took
  await app.getByTestId('undo').click()
  await expect(app.getByTestId('undo')).toBeDisabled()
  await carry(app, head, { x: head.x + 1, y: head.y })
})

/** How often each thing was drawn, once what is under way is on the screen: after two frames. */
const counts = (app: Page) =>
  app.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done))
    return window.tributaryRenderCounts()
  })
const drawnAgain = (before: Record<string, number>, after: Record<string, number>) =>
  Object.keys(after).filter((id) => after[id] !== before[id])

test('a pan draws no card and no wire again, and a keystroke only the card that shows it', async ({ app }) => {
  await openFile(app, grid)
  await app.keyboard.press('1')
  await expect(app.locator('.far-card')).toHaveCount(150)
  // from afar all wires are a few lines, and one is itself again while the pointer is on it
  await expect(app.getByTestId('far-wires')).toHaveAttribute('data-wires', '140')
  const [from, to] = [await centre(app.getByTestId('port-n36-out:text')), await centre(app.getByTestId('port-n37-in:texts'))]
  await app.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2)
  await expect(app.getByTestId('wire-n36.text>n37.texts#0')).toHaveCount(1)
  await app.mouse.click((from.x + to.x) / 2, (from.y + to.y) / 2)
  await expect(app.locator('.react-flow__edge.selected')).toHaveCount(1)
  await app.keyboard.press('Escape')

  const empty = { x: from.x, y: from.y + 400 }
  await app.mouse.move(empty.x, empty.y)
  await app.mouse.down({ button: 'middle' })
  await app.mouse.move(empty.x + 3, empty.y)
  const still = await counts(app)
  await app.mouse.move(empty.x + 60, empty.y - 40, { steps: 20 })
  expect(drawnAgain(still, await counts(app))).toEqual([])
  await app.mouse.up({ button: 'middle' })

  await card(app, 'n37').locator('header').click()
  const field = app.getByTestId('inspector').locator('textarea, input.field').first()
  await field.fill('a')
  await expect(app.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  const quiet = await counts(app)
  await field.press('b')
  await expect(app.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  expect(drawnAgain(quiet, await counts(app))).toEqual(['n37'])
})
