import type { Page } from '@playwright/test'
import {
  bringIn,
  canvas,
  card,
  cards,
  clickEmpty,
  emptyPlace,
  expect,
  graphWith,
  openFile,
  output,
  palette,
  run,
  test,
  typeText,
  whenDone,
} from './house'

const ask = { type: 'language-model', v: 1, params: { model: 'model:facts', maxTokens: 24 }, seed: 7 }
const prompt = { type: 'prompt-template', v: 1, params: { template: 'q: {{question}} a:' } }

/** Question → prompt → model → answer, flat. */
const flat = graphWith({
  interface: {
    inputs: { question: { type: 'text', default: 'what is the capital of france?' } },
    outputs: { answer: { type: 'text', from: 'ask.text' } },
  },
  nodes: { prompt, ask },
  wires: [
    { from: '@question', to: 'prompt.question' },
    { from: 'prompt.text', to: 'ask.prompt' },
  ],
  ui: {
    nodes: { '@question': { x: 0, y: 0 }, prompt: { x: 320, y: 0 }, ask: { x: 640, y: 0 }, '=answer': { x: 960, y: 0 } },
    frames: [],
    notes: [],
  },
})

/** The same two nodes inside a Map, for each line of a text. */
const mapped = graphWith({
  interface: { inputs: {}, outputs: { answers: { type: 'text', from: 'each.text' } } },
  nodes: {
    lines: { type: 'text', v: 1, params: { text: 'france\nitaly\nspain' } },
    split: { type: 'split-text', v: 1, params: { by: 'lines' } },
    each: { type: 'map', v: 1, params: {}, subgraph: 'inner', title: 'Each country' },
  },
  wires: [
    { from: 'lines.text', to: 'split.text' },
    { from: 'split.texts', to: 'each.country' },
  ],
  subgraphs: {
    inner: {
      interface: { inputs: { country: { type: 'text' } }, outputs: { text: { type: 'text', from: 'ask.text' } } },
      nodes: { prompt: { ...prompt, params: { template: 'q: what is the capital of {{country}}? a:' } }, ask },
      wires: [
        { from: '@country', to: 'prompt.country' },
        { from: 'prompt.text', to: 'ask.prompt' },
      ],
      ui: { nodes: {}, frames: [], notes: [] },
    },
  },
  ui: {
    nodes: { lines: { x: 0, y: 0 }, split: { x: 300, y: 0 }, each: { x: 600, y: 0 }, '=answers': { x: 1060, y: 0 } },
    frames: [],
    notes: [],
  },
})

const crumbs = (page: Page) => page.getByTestId('breadcrumb')
const goIn = async (page: Page, id: string) => {
  await card(page, id).locator('header').dblclick()
  await expect(crumbs(page)).toBeVisible()
}
const select = (page: Page, id: string) => card(page, id).locator('header').click()

test('a Map shows what runs inside it, item by item, on its card and inside', async ({ app }) => {
  await openFile(app, mapped)
  await expect(app.getByTestId('inner-each/ask')).toBeVisible()
  await run(app)
  await whenDone(app)
  await expect(output(app, 'answers')).toContainText('paris')
  const items = card(app, 'each').getByTestId('items-each')
  await expect(items).toContainText('item 3 of 3')
  await expect(app.getByTestId('inner-each/ask')).toContainText('madrid')
  await items.getByRole('button', { name: 'Previous item' }).click()
  await expect(app.getByTestId('inner-each/ask')).toContainText('rome')
  await goIn(app, 'each')
  await expect(card(app, 'ask').getByTestId('live-text')).toContainText('rome')
  await expect(card(app, '@country')).toContainText('italy')
  await crumbs(app).getByRole('button', { name: 'Previous item' }).click()
  await expect(card(app, 'ask').getByTestId('live-text')).toContainText('paris')
  await expect(card(app, '@country')).toContainText('france')
  await expect(card(app, 'ask').getByTestId('badge')).toContainText('done')
  // an edit in there makes what it feeds stale, inside and outside, and is taken back from outside
  await select(app, 'prompt')
  await app.getByTestId('param-template').getByRole('textbox').fill('q: what is the capital of {{country}}? a: ')
  await expect(card(app, 'ask').getByTestId('badge')).toContainText('changed')
  await app.keyboard.press('Escape')
  await clickEmpty(app, { x: 40, y: 600 })
  await app.keyboard.press('Escape')
  await expect(crumbs(app)).toBeHidden()
  await expect(card(app, 'each').getByTestId('badge')).toContainText('changed')
  await app.keyboard.press('Control+z')
  await expect(crumbs(app)).toContainText('Each country')
  await expect(card(app, 'ask').getByTestId('badge')).toContainText('done')
})

test('a selection becomes a subgraph, is named, entered, edited in place, and unpacked', async ({ app }) => {
  await openFile(app, flat)
  await select(app, 'prompt')
  await card(app, 'ask')
    .locator('header')
    .click({ modifiers: ['Control'] })
  await app.keyboard.press('Control+Shift+E')
  await typeText(app, 'Knows capitals')
  await app.keyboard.press('Enter')
  await expect(card(app, 'Subgraph')).toContainText('Knows capitals')
  await expect(cards(app)).toHaveCount(3)
  await run(app)
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('paris')
  await goIn(app, 'Subgraph')
  await expect(card(app, 'ask').getByTestId('live-text')).toContainText('paris')
  // its ports are edited by name, and the wires outside follow
  await select(app, '@question')
  await app.getByTestId('inspector').getByRole('textbox', { name: 'Name' }).fill('topic')
  await app.keyboard.press('Enter')
  await expect(card(app, '@topic')).toBeVisible()
  await app.keyboard.press('Escape')
  await clickEmpty(app, { x: 40, y: 600 })
  await app.keyboard.press('Escape')
  await expect(app.getByTestId('port-Subgraph-in:topic')).toHaveClass(/is-wired/)
  await run(app)
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('paris')
  await select(app, 'Subgraph')
  await app.keyboard.press('Alt+Shift+E')
  await expect(cards(app)).toHaveCount(4)
  await expect(card(app, 'ask')).toBeVisible()
})

test('five subgraphs, each in the one before, run and show their values', async ({ app }) => {
  await openFile(app, flat)
  await select(app, 'ask')
  for (let depth = 0; depth < 5; depth++) {
    await app.keyboard.press('Control+Shift+E')
    await typeText(app, `Depth ${5 - depth}`)
    await app.keyboard.press('Enter')
    await expect(app.getByText(`Depth ${5 - depth}`).first()).toBeVisible()
  }
  await run(app)
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('paris')
  for (let depth = 1; depth <= 5; depth++) {
    await cards(app)
      .filter({ hasText: `Depth ${depth}` })
      .first()
      .locator('header')
      .dblclick()
    await expect(crumbs(app)).toContainText(`Depth ${depth}`)
  }
  await expect(card(app, 'ask').getByTestId('live-text')).toContainText('paris')
  await crumbs(app).getByRole('button', { name: 'Depth 2' }).click()
  await expect(crumbs(app)).not.toContainText('Depth 3')
})

test('a subgraph is published, used from the library, and brought up to date after a look at what changes', async ({ app }) => {
  await openFile(app, flat)
  await select(app, 'prompt')
  await card(app, 'ask')
    .locator('header')
    .click({ modifiers: ['Control'] })
  await app.keyboard.press('Control+Shift+E')
  await typeText(app, 'Capitals')
  await app.keyboard.press('Enter')
  const publish = async () => {
    await app.keyboard.press('Control+k')
    await app.getByTestId('command-palette').getByRole('combobox').fill('publish the subgraph')
    await app.keyboard.press('Enter')
    await app
      .getByRole('dialog')
      .getByRole('button', { name: /^Publish/ })
      .last()
      .click()
  }
  await publish()
  await expect(card(app, 'Subgraph')).toContainText('v1')
  await canvas(app).dblclick({ position: await emptyPlace(app, { x: 500, y: 600 }) })
  await palette(app).getByRole('combobox').fill('capitals')
  await app.keyboard.press('Enter')
  await expect(card(app, 'subgraph')).toContainText('v1')
  // the first copy goes on, the second says so and waits
  await goIn(app, 'Subgraph')
  await select(app, 'ask')
  await app.getByTestId('param-maxTokens').getByRole('textbox').fill('12')
  await app.keyboard.press('Escape')
  await clickEmpty(app, { x: 40, y: 600 })
  await app.keyboard.press('Escape')
  await select(app, 'Subgraph')
  await publish()
  await expect(card(app, 'Subgraph')).toContainText('v2')
  await bringIn(app, card(app, 'subgraph'))
  await app.getByTestId('update-subgraph').click()
  await expect(app.getByTestId('update-sheet')).toContainText('Longest answer')
  await app.getByRole('button', { name: 'Update to version 2' }).click()
  await expect(card(app, 'subgraph')).toContainText('v2')
  await expect(app.getByTestId('update-subgraph')).toBeHidden()
})
