import type { Page } from '@playwright/test'
import {
  canvas,
  card,
  cards,
  carry,
  emptyPlace,
  expect,
  graphWith,
  openFile,
  output,
  palette,
  run,
  runBy,
  test,
  whenDone,
  wires,
} from './house'

/** As it moves for most people. */
test.use({ contextOptions: { reducedMotion: 'no-preference' } })

/** A prompt, the model that answers it, and a line-cutter behind it. */
const chain = graphWith({
  interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'ask.text' } } },
  nodes: {
    prompt: { type: 'text', v: 1, params: { text: 'q: what is the capital of france? a:' } },
    ask: { type: 'language-model', v: 1, params: { model: 'model:facts', maxTokens: 24 }, seed: 7 },
    lines: { type: 'split-text', v: 1, params: {} },
  },
  wires: [
    { from: 'prompt.text', to: 'ask.prompt' },
    { from: 'ask.text', to: 'lines.text' },
  ],
  ui: {
    nodes: { prompt: { x: 0, y: 0 }, ask: { x: 320, y: 0 }, lines: { x: 640, y: 200 }, '=answer': { x: 960, y: 0 } },
    frames: [],
    notes: [],
  },
})

const badge = (page: Page, id: string) => card(page, id).getByTestId('badge')
const pick = async (page: Page, id: string) => {
  await page.keyboard.press('Escape')
  await card(page, id).locator('header').click()
}
const status = (page: Page) => page.getByTestId('run-status')
const viewport = (page: Page) =>
  page.locator('.react-flow__viewport').evaluate((layer) => {
    const [, x, y, zoom] = /translate\(([-\d.]+)px, ?([-\d.]+)px\) scale\(([\d.]+)\)/.exec((layer as HTMLElement).style.transform) ?? []
    return { x: Number(x), y: Number(y), zoom: Number(zoom) }
  })

test('keys run to here, from here, only this, hold, step, go on and stop', async ({ app }) => {
  await openFile(app, chain)
  await pick(app, 'prompt')
  await app.keyboard.press('Control+Shift+Enter')
  await whenDone(app)
  await expect(badge(app, 'prompt')).toContainText('done')
  await expect(output(app, 'answer')).not.toContainText('paris')

  await run(app)
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('paris')
  await pick(app, 'ask')
  await runBy(app, 'Shift+Alt+Enter')
  await expect(badge(app, 'ask')).toContainText('done')
  await whenDone(app)
  // from here, on stored inputs: what comes before is not asked again
  await card(app, 'prompt').getByRole('textbox').fill('q: what is the capital of italy? a:')
  await pick(app, 'ask')
  await runBy(app, 'Alt+Enter')
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('paris')

  await app.keyboard.press('F9')
  await run(app)
  await expect(badge(app, 'ask')).toContainText('paused')
  await app.keyboard.press('Control+Alt+Enter')
  await expect(status(app)).toHaveAttribute('data-status', 'stopped')
  await run(app)
  await expect(badge(app, 'ask')).toContainText('paused')
  await app.keyboard.press('F10')
  await expect(badge(app, 'ask')).toContainText('done')
  await app.keyboard.press('F8')
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('rome')
})

test('keys cut, paste with and without wires, duplicate bare, frame and unframe', async ({ app }) => {
  await openFile(app, chain)
  await expect(cards(app)).toHaveCount(4)
  await pick(app, 'lines')
  await app.keyboard.press('Control+Shift+D')
  await expect(cards(app)).toHaveCount(5)
  await expect(wires(app)).toHaveCount(3)
  await app.keyboard.press('Control+z')
  await pick(app, 'lines')
  await app.keyboard.press('Control+d')
  await expect(wires(app)).toHaveCount(4)
  await app.keyboard.press('Control+z')
  await expect(cards(app)).toHaveCount(4)
  await app.keyboard.press('Control+y')
  await expect(cards(app)).toHaveCount(5)
  await app.keyboard.press('Control+z')

  await pick(app, 'lines')
  await app.keyboard.press('Control+x')
  await expect(cards(app)).toHaveCount(3)
  await canvas(app).hover({ position: await emptyPlace(app, { x: 300, y: 500 }) })
  await app.keyboard.press('Control+v')
  await expect(cards(app)).toHaveCount(4)
  await expect(wires(app)).toHaveCount(2)
  await app.keyboard.press('Control+z')
  await app.keyboard.press('Control+Shift+V')
  await expect(cards(app)).toHaveCount(4)
  await expect(wires(app)).toHaveCount(3)

  await pick(app, 'ask')
  await app.keyboard.press('Control+g')
  await expect(app.locator('.frame')).toHaveCount(1)
  await app.locator('.frame-title').click()
  await app.keyboard.press('Control+Shift+G')
  await expect(app.locator('.frame')).toHaveCount(0)
  await expect(card(app, 'ask')).toBeVisible()
})

test('keys mute, bypass, fold and inspect; wheel, Space and the keys of the view move it', async ({ app }) => {
  await openFile(app, chain)
  for (const [key, sign] of [
    ['d', /is-muted/],
    ['Control+m', /is-muted/],
    ['Control+b', /is-bypassed/],
    ['Alt+c', /is-collapsed/],
  ] as const) {
    await pick(app, 'ask')
    await app.keyboard.press(key)
    await expect(card(app, 'ask'), key).toHaveClass(sign)
    await app.keyboard.press(key)
    await expect(card(app, 'ask'), key).not.toHaveClass(sign)
  }
  const inspector = app.getByTestId('inspector')
  const wasOpen = await inspector.isVisible()
  await app.keyboard.press('Control+Alt+\\')
  await expect(inspector).toBeVisible({ visible: !wasOpen })
  if (!wasOpen) await app.keyboard.press('Control+Alt+\\')
  await expect(inspector).toBeHidden()
  await pick(app, 'prompt')
  await canvas(app).focus()
  await app.keyboard.press('Enter')
  // the focus goes along, into the inspector
  await expect(inspector.locator(':focus')).toHaveCount(1)
  // and Esc brings it back to the canvas, with what is selected
  await app.keyboard.press('Escape')
  await expect(canvas(app)).toBeFocused()
  await expect(app.locator('.react-flow__node.selected')).toHaveCount(1)
  await app.keyboard.press('Shift+A')
  await expect(palette(app)).toBeVisible()
  await app.keyboard.press('Escape')

  await canvas(app).focus()
  await app.keyboard.press('0')
  await expect.poll(async () => (await viewport(app)).zoom).toBe(1)
  await app.keyboard.press('+')
  await expect.poll(async () => (await viewport(app)).zoom).toBeGreaterThan(1)
  await app.keyboard.press('-')
  await app.keyboard.press('-')
  await expect.poll(async () => (await viewport(app)).zoom).toBeLessThan(1)

  const box = (await canvas(app).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const empty = { x: box.x + 200, y: box.y + box.height - 60 }
  await app.mouse.move(empty.x, empty.y)
  const still = await viewport(app)
  await app.mouse.wheel(0, 120)
  await expect.poll(async () => (await viewport(app)).y).toBeLessThan(still.y)
  expect((await viewport(app)).zoom).toBe(still.zoom)
  await app.keyboard.down('Control')
  await app.mouse.wheel(0, -120)
  await app.keyboard.up('Control')
  await expect.poll(async () => (await viewport(app)).zoom).toBeGreaterThan(still.zoom)
  const before = await viewport(app)
  await canvas(app).focus()
  await app.keyboard.down('Space')
  await carry(app, empty, { x: empty.x + 120, y: empty.y - 40 })
  await app.keyboard.up('Space')
  await expect.poll(async () => Math.round((await viewport(app)).x - before.x)).toBeGreaterThan(60)
})
