import type { Page } from '@playwright/test'
import {
  canvas,
  card,
  cards,
  carry,
  centre,
  clickEmpty,
  emptyPlace,
  expect,
  graphWith,
  openFile,
  palette,
  port,
  test,
  typeText,
  wire,
  wires,
} from './house'

const text = { type: 'text', v: 1, params: { text: 'one' } }
const split = { type: 'split-text', v: 1, params: {} }

/** Two texts; one is read by two nodes. */
const wired = graphWith({
  nodes: { a: text, b: text, x: split, y: split },
  wires: [
    { from: 'a.text', to: 'x.text' },
    { from: 'a.text', to: 'y.text' },
  ],
  ui: { nodes: { a: { x: 0, y: 0 }, b: { x: 0, y: 330 }, x: { x: 520, y: 0 }, y: { x: 520, y: 330 } }, frames: [], notes: [] },
})

const head = (page: Page, id: string) => card(page, id).locator('header')
const undo = (page: Page) => page.getByTestId('undo').click()
/** Who closes the inspector by hand keeps it closed: the canvas has all the room. */
const closeInspector = async (page: Page) => {
  await page.getByTestId('toggle-inspector').click()
  await expect(page.getByTestId('inspector')).toBeVisible()
  await page.getByTestId('toggle-inspector').click()
  await expect(page.getByTestId('inspector')).toBeHidden()
}

/** The middle of a wire between two cards, in pixels of the window. */
async function middle(page: Page, from: [string, string], to: [string, string]) {
  const a = await centre(port(page, from[0], from[1], 'out'))
  const b = await centre(port(page, to[0], to[1], 'in'))
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

async function drop(
  page: Page,
  keys: string[],
  start: { x: number; y: number },
  end: { x: number; y: number },
  button: 'left' | 'right' = 'left',
) {
  for (const key of keys) await page.keyboard.down(key)
  await page.mouse.move(start.x, start.y)
  await page.mouse.down({ button })
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 5 })
  await page.mouse.move(end.x, end.y, { steps: 5 })
  await page.mouse.up({ button })
  for (const key of keys) await page.keyboard.up(key)
}

test('wires are bent, cut, moved together, branched, spliced and sent by name', async ({ app }) => {
  await openFile(app, wired)
  await app.keyboard.press('Escape')
  // Alt and a click puts a point on a wire and drags it; a double-click takes it out; the middle button does the same
  const at = await middle(app, ['a', 'text'], ['x', 'text'])
  await drop(app, ['Alt'], at, { x: at.x, y: at.y - 60 })
  const point = app.locator('[data-reroute]')
  await expect(point).toHaveCount(1)
  await drop(app, [], await centre(point), { x: at.x + 20, y: at.y - 90 })
  await point.dblclick()
  await expect(point).toHaveCount(0)
  await app.mouse.move(at.x, at.y)
  await app.mouse.down({ button: 'middle' })
  await app.mouse.up({ button: 'middle' })
  await expect(point).toHaveCount(1)
  await undo(app)
  await expect(point).toHaveCount(0)

  // Alt and a drag over nothing cuts what it crosses, in one step; so do Ctrl and the right button
  const cutAt = at.x - 30
  const box = await canvas(app).boundingBox()
  const top = (box?.y ?? 0) + 60
  const bottom = (box?.y ?? 0) + (box?.height ?? 0) - 60
  await drop(app, ['Alt'], { x: cutAt, y: top }, { x: cutAt, y: bottom })
  await expect(wires(app)).toHaveCount(0)
  await undo(app)
  await expect(wires(app)).toHaveCount(2)
  await drop(app, ['Control'], { x: cutAt, y: top }, { x: cutAt, y: bottom }, 'right')
  await expect(wires(app)).toHaveCount(0)
  await undo(app)

  // Shift and a drag on an output takes all its wires to another one
  await drop(app, ['Shift'], await centre(port(app, 'a', 'text', 'out')), await centre(port(app, 'b', 'text', 'out')))
  await expect(wire(app, 'b.text', 'x.text')).toBeAttached()
  await expect(wire(app, 'b.text', 'y.text')).toBeAttached()
  await undo(app)
  await expect(wire(app, 'a.text', 'y.text')).toBeAttached()

  // Shift and a click on a wire hangs another one of the same output on the pointer
  await app.keyboard.down('Shift')
  await app.mouse.click(at.x, at.y)
  await app.keyboard.up('Shift')
  await expect(app.getByTestId('held-wire')).toBeVisible()
  await app.keyboard.press('Escape')
  await expect(app.getByTestId('held-wire')).toBeHidden()

  // Ctrl and a click on a wire adds a node in it
  await app.keyboard.down('Control')
  await app.mouse.click(at.x, at.y)
  await app.keyboard.up('Control')
  await palette(app).getByRole('combobox').fill('join texts')
  await app.keyboard.press('Enter')
  await expect(wires(app)).toHaveCount(3)
  // Ctrl+Delete takes it out again and closes the gap; Delete leaves it open
  await app.keyboard.press('Control+Delete')
  await expect(wire(app, 'a.text', 'x.text')).toBeAttached()
  await expect(wires(app)).toHaveCount(2)

  // a wire that is sent by name is two tags, and drawn while an end is chosen
  await app.mouse.click(at.x, at.y)
  await app.keyboard.press('Alt+l')
  await app.keyboard.press('Escape')
  await clickEmpty(app, { x: 30, y: 700 })
  await expect(app.getByTestId('sent-a.text>x.text')).toContainText('a')
  await expect(app.getByTestId('wire-a.text>x.text')).toHaveCount(0)
  await head(app, 'a').click()
  await expect(app.getByTestId('wire-a.text>x.text')).toHaveCount(1)
})

test('nodes are chained, cloned, pinned, lined up and framed', async ({ app }) => {
  await openFile(app, wired)
  await closeInspector(app)
  const place = async (id: string) => (await card(app, id).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }

  // with Ctrl held each new node hangs on the one before
  await clickEmpty(app, { x: 60, y: 740 }, ['Control'])
  await palette(app).getByRole('combobox').fill('text')
  await app.keyboard.press('Control+Enter')
  await expect(cards(app)).toHaveCount(5)
  await palette(app).getByRole('combobox').fill('split text')
  await app.keyboard.press('Enter')
  await expect(cards(app)).toHaveCount(6)
  await expect(wires(app)).toHaveCount(3)
  await undo(app)
  await undo(app)

  // Alt and a drag leaves the node where it is and puts a copy down, with its incoming wires
  const before = await place('x')
  const grip = await centre(head(app, 'x'))
  await drop(app, ['Alt'], grip, { x: grip.x + 40, y: grip.y + 170 })
  await expect(cards(app)).toHaveCount(5)
  await expect(wires(app)).toHaveCount(3)
  expect((await place('x')).x).toBeCloseTo(before.x, 0)
  await undo(app)
  await expect(cards(app)).toHaveCount(4)

  // near the edge of another card a dragged one is pulled onto it, and a line says so
  const b = await centre(head(app, 'b'))
  await app.mouse.move(b.x, b.y)
  await app.mouse.down()
  // a drag begins where the hand has gone a few pixels
  await app.mouse.move(b.x + 4, b.y + 4)
  await app.mouse.move(b.x + 60, b.y + 40, { steps: 4 })
  await app.mouse.move(b.x + 7, b.y + 60, { steps: 4 })
  await expect(app.getByTestId('guides')).toBeVisible()
  await app.mouse.up()
  await expect(app.getByTestId('guides')).toBeHidden()
  await expect.poll(async () => Math.round((await place('b')).x - (await place('a')).x)).toBe(0)

  // P: pinned nodes are not moved by hand, by layout or by keys
  await head(app, 'b').click()
  await app.keyboard.press('p')
  await expect(card(app, 'b').getByRole('img', { name: 'pinned in its place' })).toBeVisible()
  const pinned = await place('b')
  const handle = await centre(head(app, 'b'))
  await carry(app, handle, { x: handle.x + 90, y: handle.y + 90 })
  await app.keyboard.press('Control+ArrowRight')
  expect((await place('b')).x).toBeCloseTo(pinned.x, 0)

  // chords: align, and select along the wires
  await app.keyboard.press('Escape')
  await head(app, 'x').click()
  await head(app, 'y').click({ modifiers: ['Control'] })
  await app.keyboard.press('Control+Shift+ArrowRight')
  await app.keyboard.press('Alt+a')
  await app.keyboard.press('t')
  await expect.poll(async () => Math.round((await place('x')).y - (await place('y')).y)).toBe(0)
  await undo(app)
  await app.keyboard.press('Escape')
  await head(app, 'a').click()
  await app.keyboard.press('Alt+s')
  await app.keyboard.press('d')
  await expect(app.locator('.react-flow__node.selected')).toHaveCount(3)
  // Shift and a click on the left half: what feeds it
  await app.keyboard.press('Escape')
  await head(app, 'x').click({ modifiers: ['Shift'], position: { x: 10, y: 10 } })
  await expect(app.locator('.react-flow__node.selected')).toHaveCount(2)

  // a frame is muted, folded and taken along as a unit
  await app.keyboard.press('Control+g')
  const frame = app.locator('.frame')
  await expect(frame).toHaveCount(1)
  await app.keyboard.press('Escape')
  await frame.locator('.frame-title').click()
  await app.keyboard.press('m')
  await expect(card(app, 'a')).toHaveClass(/is-muted/)
  await expect(card(app, 'x')).toHaveClass(/is-muted/)
  // folded, it stands for what is in it: wires end at its edge, and it is moved as one
  const drawn = await wires(app).count()
  await app.keyboard.press('h')
  await expect(card(app, 'x')).toBeHidden()
  await expect(card(app, 'a')).toBeHidden()
  await expect(frame).toHaveAttribute('aria-label', /folded, 2 nodes/)
  const title = await centre(frame.locator('.frame-name'))
  await carry(app, title, { x: title.x + 60, y: title.y + 30 })
  await frame.getByRole('button', { name: 'Unfold the frame' }).click()
  await expect(card(app, 'x')).toBeVisible()
  await expect(wires(app)).toHaveCount(drawn)
  for (let i = 0; i < 4; i++) await undo(app)
  await expect(card(app, 'x')).not.toHaveClass(/is-muted/)

  // C: a note tied to what is selected, which goes along
  await head(app, 'y').click()
  await app.keyboard.press('c')
  await typeText(app, 'cuts lines')
  await app.keyboard.press('Escape')
  await expect(app.locator('.tether')).toHaveCount(1)
  const note = app.locator('.note')
  const noteBefore = await note.boundingBox()
  const y = await centre(head(app, 'y'))
  await carry(app, y, { x: y.x + 80, y: y.y + 50 })
  await expect.poll(async () => ((await note.boundingBox())?.x ?? 0) - (noteBefore?.x ?? 0)).toBeGreaterThan(50)
})

test('things are found by filter, places are gone back to, and B and M are drawn', async ({ app }) => {
  await openFile(app, wired)
  await app.keyboard.press('Control+f')
  const outline = app.getByTestId('outline')
  await outline.getByRole('textbox').fill('is:invalid')
  await outline.getByRole('textbox').fill('split')
  await expect(outline.locator('.entry')).toHaveCount(2)
  await outline.locator('.entry').first().click()
  const zoom = () =>
    app
      .locator('.react-flow__viewport')
      .evaluate((viewport) => Number(/scale\(([\d.]+)\)/.exec((viewport as HTMLElement).style.transform)?.[1]))
  await expect.poll(zoom).toBe(1.25)
  await app.keyboard.press('Control+[')
  await expect.poll(zoom).toBeLessThan(1.2)
  await app.keyboard.press('Control+]')
  await expect.poll(zoom).toBe(1.25)
  await app.keyboard.press('1')
  await head(app, 'x').click()
  await app.keyboard.press('b')
  await expect(card(app, 'x').getByTestId('badge')).toContainText('bypassed')
  // the palette says what ports a kind of node has
  await canvas(app).dblclick({ position: await emptyPlace(app, { x: 60, y: 700 }) })
  await palette(app).getByRole('combobox').fill('split text')
  await app.keyboard.press('ArrowRight')
  await expect(app.getByTestId('port-list')).toContainText('in text')
})
