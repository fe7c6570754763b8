import type { Page } from '@playwright/test'
import { dropFile } from './drop'
import {
  addNode,
  canvas,
  card,
  cards,
  carry,
  centre,
  drag,
  expect,
  graphWith,
  newGraph,
  openFile,
  palette,
  port,
  run,
  test,
  typeText,
  whenDone,
  wire,
  wires,
} from './house'

const text = { type: 'text', v: 1, params: { text: 'one\ntwo' } }
const split = { type: 'split-text', v: 1, params: {} }

/** Two texts; one is cut into lines, two nodes are free. */
const loose = graphWith({
  nodes: { a: text, b: text, x: split, y: split, z: split },
  wires: [{ from: 'a.text', to: 'x.text' }],
  ui: {
    nodes: { a: { x: 0, y: 0 }, b: { x: 0, y: 330 }, x: { x: 520, y: 0 }, y: { x: 520, y: 330 }, z: { x: 900, y: 330 } },
    frames: [],
    notes: [],
  },
})

/** A text that is cut into lines, and another one beside it. */
const sound = graphWith({
  nodes: { a: text, b: text, x: split },
  wires: [{ from: 'a.text', to: 'x.text' }],
  ui: { nodes: { a: { x: 0, y: 0 }, b: { x: 0, y: 330 }, x: { x: 520, y: 0 } }, frames: [], notes: [] },
})

const head = (page: Page, id: string) => card(page, id).locator('header')
const selected = (page: Page) => page.locator('.react-flow__node.selected')

/** The middle of the wire from `a` to `x`. */
async function onTheWire(page: Page) {
  const from = await centre(port(page, 'a', 'text', 'out'))
  const to = await centre(port(page, 'x', 'text', 'in'))
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
}

test('a wire under the pointer shows its value; nodes are chosen by a drag around them', async ({ app }) => {
  await openFile(app, sound)
  const at = await onTheWire(app)
  const peek = app.getByTestId('wire-peek')
  await app.mouse.move(at.x, at.y)
  await expect(peek).toContainText('nothing has flowed yet')
  await app.mouse.move(at.x, at.y - 80)
  await expect(peek).toBeHidden()
  await run(app)
  await whenDone(app)
  await app.mouse.move(at.x, at.y)
  await expect(peek).toContainText('Text')
  await expect(peek).toContainText('one')
  await app.mouse.move(at.x, at.y - 80)
  await expect(peek).toBeHidden()

  // a drag over nothing draws a box: what it touches is chosen, whole or in part
  const a = await card(app, 'a').boundingBox()
  const b = await card(app, 'b').boundingBox()
  if (!a || !b) throw new Error('the cards are not on the screen')
  await carry(app, { x: a.x - 20, y: a.y - 20 }, { x: a.x + a.width / 3, y: b.y + 20 })
  await expect(selected(app)).toHaveCount(2)
  await expect(card(app, 'a')).toHaveClass(/is-selected/)
  await expect(card(app, 'b')).toHaveClass(/is-selected/)
  await app.keyboard.press('Escape')
  await expect(selected(app)).toHaveCount(0)
})

test('a wire is dropped on the body of a node, and pulled from an input back to an output', async ({ app }) => {
  await openFile(app, loose)
  const body = await card(app, 'y').boundingBox()
  if (!body) throw new Error('the card is not on the screen')
  await carry(app, await centre(port(app, 'b', 'text', 'out')), { x: body.x + body.width / 2, y: body.y + body.height - 6 })
  await expect(wire(app, 'b.text', 'y.text')).toBeAttached()
  await expect(app.getByTestId('quick-palette')).toBeHidden()
  await drag(app, port(app, 'z', 'text', 'in'), port(app, 'a', 'text', 'out'))
  await expect(wire(app, 'a.text', 'z.text')).toBeAttached()
  await expect(wires(app)).toHaveCount(3)
})

test('a frame is run as a unit: what stands outside of it stays as it was', async ({ app }) => {
  await openFile(app, loose)
  await head(app, 'a').click()
  await head(app, 'x').click({ modifiers: ['Control'] })
  await app.keyboard.press('Control+g')
  await app.keyboard.press('Escape')
  await app.locator('.frame .frame-title').click()
  await app.keyboard.press('Control+Shift+Enter')
  await whenDone(app)
  await expect(card(app, 'x').getByTestId('badge')).toBeVisible()
  await expect(card(app, 'x').getByTestId('live-text')).toContainText('two')
  await expect(card(app, 'b').getByTestId('live-text')).toHaveCount(0)
})

const failing = graphWith({
  nodes: {
    source: { type: 'text', v: 1, params: { text: 'no JSON at all' } },
    pick: { type: 'json-pick', v: 1, params: { path: 'a' } },
    join: { type: 'join-text', v: 1, params: {} },
  },
  wires: [
    { from: 'source.text', to: 'pick.json' },
    { from: 'pick.text', to: 'join.texts#0' },
  ],
  ui: { nodes: { source: { x: 0, y: 0 }, pick: { x: 360, y: 0 }, join: { x: 720, y: 0 } }, frames: [], notes: [] },
})

test('what happens when a node fails is set in the window: stop, a value instead, go on, or the error on a wire', async ({ app }) => {
  await openFile(app, failing)
  await head(app, 'pick').click()
  const inspector = app.getByTestId('inspector')
  await expect(inspector).toBeVisible()
  const status = app.getByTestId('run-status')
  const ended = async (how: 'done' | 'failed') => {
    await run(app)
    await expect(status).toHaveAttribute('data-status', how, { timeout: 30_000 })
  }
  await ended('failed')
  await expect(card(app, 'pick')).toContainText('not JSON')

  await inspector.getByText('When it fails', { exact: true }).click()
  const then = inspector.getByLabel('When it fails')
  await then.selectOption('default')
  await inspector.getByTestId('fallback-text').fill('a fallback')
  await inspector.getByLabel('Retries').fill('1')
  await ended('done')
  await expect(card(app, 'join')).toContainText('a fallback')

  await then.selectOption('skip')
  await ended('done')
  await expect(card(app, 'join').getByTestId('live-text')).toHaveCount(0)

  await then.selectOption('wire')
  await expect(port(app, 'pick', 'error', 'out')).toBeVisible()
  await ended('done')
  await inspector.getByRole('tab', { name: 'Output' }).click()
  await expect(inspector).toContainText('not JSON')
})

test('a note is tied to a wire and says so by a line', async ({ app }) => {
  await openFile(app, loose)
  const at = await onTheWire(app)
  await app.mouse.click(at.x, at.y)
  await canvas(app).focus()
  await app.keyboard.press('c')
  await typeText(app, 'two lines come this way')
  await app.keyboard.press('Escape')
  await expect(app.locator('.note')).toContainText('two lines come this way')
  await expect(app.locator('.tether')).toHaveCount(1)
})

test('a PDF that is dropped on the canvas becomes documents that are read', async ({ app }) => {
  await newGraph(app)
  await dropFile(app, '.react-flow__pane', 'paper.pdf', onePage('The lighthouse stands on Hallow Skerry.'))
  await expect(app.getByTestId('toasts')).toContainText('paper.pdf is in your data')
  await expect(cards(app)).toHaveCount(1)
  await run(app)
  await whenDone(app)
  await expect(cards(app).first().getByTestId('live-text')).toContainText('1 passage')
})

test('what is open is closed by its cross or by a key, and comes back where it was', async ({ app }) => {
  await openFile(app, loose)
  await head(app, 'a').click()
  await expect(app.getByTestId('inspector')).toBeVisible()
  await app.keyboard.press('Control+Alt+\\')
  await expect(app.getByTestId('inspector')).toBeHidden()
  await app.keyboard.press('Control+`')
  await app.getByRole('button', { name: 'Hide the bottom panel' }).click()
  await expect(app.getByTestId('dock')).toBeHidden()
  await app.keyboard.press('Control+k')
  await app.keyboard.press('Escape')
  await expect(app.getByTestId('command-palette')).toBeHidden()
  await app.getByRole('button', { name: 'Close Story' }).click()
  await expect(app.getByTestId('home')).toBeVisible()
  await app.getByTestId('home').getByText('Story', { exact: true }).first().click()
  await expect(cards(app)).toHaveCount(5)
  await app.keyboard.press('Alt+w')
  await expect(app.getByTestId('home')).toBeVisible()
})

/** A PDF of one page with one line, as small as one can be. */
function onePage(line: string): Buffer {
  const drawn = `BT /F1 12 Tf 40 100 Td (${line}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let file = '%PDF-1.4\n'
  const places = objects.map((body, i) => {
    const place = file.length
    file += `${i + 1} 0 obj\n${body}\nendobj\n`
    return place
  })
  const table = file.length
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  file += places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return Buffer.from(file, 'latin1')
}

test('the palette knows models and templates too: a model becomes the node that writes with it', async ({ app }) => {
  await newGraph(app)
  await addNode(app, 'toy-facts', { x: 300, y: 200 })
  await expect(app.locator('[data-node-type="language-model"]')).toContainText('toy-facts')
  await expect(cards(app)).toHaveCount(1)
  await canvas(app).focus()
  await app.keyboard.press('Tab')
  await palette(app).getByRole('combobox').fill('polite or rude')
  await palette(app).getByRole('option', { name: 'Polite or rude' }).click()
  await expect(app.getByRole('tab', { name: /Polite or rude/ })).toBeVisible()
  await expect(card(app, 'polite')).toBeVisible()
})
