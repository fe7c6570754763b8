import type { Page } from '@playwright/test'
import {
  addNode,
  canvas,
  card,
  cards,
  choose,
  drag,
  dropOnEmpty,
  emptyPlace,
  expect,
  graphFile,
  newGraph,
  output,
  port,
  run,
  test,
  undoAll,
  whenDone,
  wires,
} from './house'

/** Question → prompt → language model → answer, by hand, on the toy that knows capitals: five ways to add and to wire. */
async function buildQuestionAndAnswer(page: Page): Promise<void> {
  // a double-click opens the list where the pointer is
  await addNode(page, 'graph input', { x: 20, y: 40 })
  await expect(card(page, '@question')).toBeVisible()
  // a wire that is dropped on empty canvas asks what takes it, and connects it
  await dropOnEmpty(page, port(page, '@question', '', 'out'), { x: 330, y: 40 })
  await choose(page, 'prompt template')
  await expect(wires(page)).toHaveCount(1)
  // Tab opens the list from the keyboard; nothing is put on top of what is there
  await canvas(page).hover({ position: await emptyPlace(page, { x: 330, y: 320 }) })
  await canvas(page).focus()
  await page.keyboard.press('Tab')
  await choose(page, 'language model')
  await drag(page, port(page, 'prompt-template', 'text', 'out'), port(page, 'language-model', 'prompt', 'in'))
  await expect(wires(page)).toHaveCount(2)
  await dropOnEmpty(page, port(page, 'language-model', 'text', 'out'), { x: 330, y: 560 })
  await choose(page, 'graph output')
  await expect(wires(page)).toHaveCount(3)
  await expect(cards(page)).toHaveCount(4)
}

const field = (page: Page, name: string) => page.getByTestId(`param-${name}`)

async function setUp(page: Page): Promise<void> {
  await card(page, 'prompt-template').locator('header').click()
  await field(page, 'template').getByRole('textbox').fill('q: {{question}} a:')
  await card(page, 'language-model').locator('header').click()
  await field(page, 'model').getByTestId('model-field-language-model-model').click()
  await page.getByPlaceholder('Find a model…').fill('toy-facts')
  await page.keyboard.press('Enter')
  await expect(card(page, 'language-model')).toContainText('toy-facts')
  await field(page, 'maxTokens').getByRole('textbox').fill('40')
  await card(page, '@question').getByRole('textbox').fill('what is the capital of france?')
}

test('a pipeline is built by hand, runs, and is taken back and made again step by step', async ({ app, house }) => {
  await newGraph(app)
  await expect(app.getByTestId('empty-canvas')).toBeVisible()
  await buildQuestionAndAnswer(app)
  await setUp(app)
  await expect(app.getByTestId('problem-count')).toContainText('no problems')
  await run(app)
  await whenDone(app)
  await expect(output(app, 'text')).toContainText('paris')
  await expect(app.getByTestId('saved')).toContainText('saved')
  const built = await graphFile(house, app)
  await undoAll(app)
  await expect(cards(app)).toHaveCount(0)
  await expect(app.getByTestId('empty-canvas')).toBeVisible()
  await expect(app.getByTestId('saved')).toContainText('saved')
  while (await app.getByTestId('redo').isEnabled()) await app.getByTestId('redo').click()
  await expect(cards(app)).toHaveCount(4)
  await expect(app.getByTestId('saved')).toContainText('saved')
  expect(await graphFile(house, app)).toBe(built)
})

test('a node stays where it is put, and none is put down on another', async ({ app }) => {
  await newGraph(app)
  const box = await canvas(app).boundingBox()
  await addNode(app, 'text', { x: 200, y: 150 })
  const first = await card(app, 'text').boundingBox()
  expect(first?.x).toBeCloseTo((box?.x ?? 0) + 200, -1)
  expect(first?.y).toBeCloseTo((box?.y ?? 0) + 150, -1)
  await app.getByTestId('add-text').click()
  await app.getByTestId('add-text').click()
  const boxes = await Promise.all(['text', 'text-2', 'text-3'].map((id) => card(app, id).boundingBox()))
  expect(new Set(boxes.map((found) => `${found?.x} ${found?.y}`)).size).toBe(3)
})

test('text streams into the node, and a long run stops within seconds', async ({ app }) => {
  await newGraph(app)
  await addNode(app, 'text', { x: 20, y: 60 })
  // A list is mapped over: two hundred prompts, sixty-four answers each, so that no machine is done before the hand is at Stop.
  await card(app, 'text').getByRole('textbox').fill(Array(200).fill('story:').join('\n'))
  await dropOnEmpty(app, port(app, 'text', 'text', 'out'), { x: 330, y: 60 })
  await choose(app, 'split text')
  await dropOnEmpty(app, port(app, 'split-text', 'texts', 'out'), { x: 330, y: 330 })
  await choose(app, 'language model')
  await app.getByTestId('model-field-language-model-model').last().click()
  await app.getByPlaceholder('Find a model…').fill('toy-base')
  await app.keyboard.press('Enter')
  await card(app, 'language-model').locator('header').click()
  await field(app, 'maxTokens').getByRole('textbox').fill('240')
  await field(app, 'temperature').getByRole('textbox').fill('1.5')
  await app.getByText('More', { exact: true }).click()
  await field(app, 'samples').getByRole('textbox').fill('64')
  await dropOnEmpty(app, port(app, 'language-model', 'text', 'out'), { x: 60, y: 520 })
  await choose(app, 'graph output')
  await run(app)
  await expect(app.getByTestId('run-status')).toHaveAttribute('data-status', 'running')
  await expect(card(app, 'language-model').getByTestId('live-text')).not.toBeEmpty()
  await expect(app.getByTestId('run-status')).toHaveAttribute('data-status', 'running')
  await app.getByTestId('stop').click()
  await expect(app.getByTestId('run-status')).toHaveAttribute('data-status', 'stopped', { timeout: 5000 })
  await expect(card(app, 'language-model').getByTestId('badge')).toContainText('stopped')
  await expect(app.getByTestId('run')).toBeEnabled()
})

test('what is selected is duplicated, copied as text, deleted, and laid out in one step', async ({ app }) => {
  await newGraph(app)
  await buildQuestionAndAnswer(app)
  await card(app, 'prompt-template').locator('header').click()
  await app.keyboard.press('Control+d')
  await expect(cards(app)).toHaveCount(5)
  await expect(wires(app)).toHaveCount(4)
  await app.keyboard.press('Delete')
  await expect(cards(app)).toHaveCount(4)
  await card(app, 'prompt-template').locator('header').click()
  await card(app, 'language-model')
    .locator('header')
    .click({ modifiers: ['Control'] })
  await app.keyboard.press('Control+c')
  await expect(app.getByTestId('toasts')).toContainText('Copied')
  const text = await app.evaluate(() => navigator.clipboard.readText())
  expect(text).toContain('"prompt-template"')
  await app.keyboard.press('Control+v')
  await expect(cards(app)).toHaveCount(6)
  await expect(wires(app)).toHaveCount(4)
  const places = () => cards(app).evaluateAll((all) => all.map((one) => (one as HTMLElement).style.transform))
  const before = await places()
  await app.keyboard.press('Escape')
  await app.keyboard.press('Control+Shift+L')
  await expect.poll(places).not.toEqual(before)
  await app.keyboard.press('Control+z')
  await expect.poll(places).toEqual(before)
  await expect(cards(app)).toHaveCount(6)
})
