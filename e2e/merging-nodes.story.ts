import type { Page } from '@playwright/test'
import { addNode, card, drag, expect, newGraph, type Point, port, run, test, typeText, whenDone } from './house'

test.use({ viewport: { width: 1720, height: 1000 } })

/** Puts a node down and chooses its model by name. */
async function load(page: Page, id: string, model: string, at: Point): Promise<void> {
  await addNode(page, 'load weights', at)
  await expect(card(page, id)).toBeVisible()
  await card(page, id).getByTestId(`model-field-${id}-model`).click()
  await typeText(page, model)
  await page.keyboard.press('Enter')
  await expect(card(page, id)).toContainText(model)
}

async function choose(page: Page, id: string, tab: 'Params' | 'Output' | 'Why'): Promise<void> {
  await card(page, id).locator('header').click()
  await page.getByTestId('inspector').getByRole('tab', { name: tab }).click()
}

test('an adapter is taken out of a tuned model by hand, worked into its base, written and checked', async ({ app }) => {
  await newGraph(app)
  await app.keyboard.press('Control+\\')
  await load(app, 'load-weights', 'toy-facts', { x: 40, y: 60 })
  await load(app, 'load-weights-2', 'toy-base', { x: 40, y: 330 })
  await addNode(app, 'extract lora', { x: 330, y: 60 })
  await addNode(app, 'apply lora', { x: 620, y: 200 })
  await drag(app, port(app, 'load-weights', 'weights', 'out'), port(app, 'extract-lora', 'tuned', 'in'))
  await drag(app, port(app, 'load-weights-2', 'weights', 'out'), port(app, 'extract-lora', 'base', 'in'))
  await drag(app, port(app, 'load-weights-2', 'weights', 'out'), port(app, 'apply-lora', 'weights', 'in'))
  await drag(app, port(app, 'extract-lora', 'adapter', 'out'), port(app, 'apply-lora', 'adapter', 'in'))
  await addNode(app, 'write model', { x: 910, y: 60 })
  await drag(app, port(app, 'apply-lora', 'weights', 'out'), port(app, 'write-model', 'weights', 'in'))
  await addNode(app, 'canary', { x: 910, y: 420 })
  await drag(app, port(app, 'write-model', 'model', 'out'), port(app, 'canary-check', 'model', 'in'))
  await choose(app, 'canary-check', 'Params')
  await app.getByTestId('param-maxTokens').getByRole('textbox').fill('4')
  await app.keyboard.press('Escape')
  await run(app)
  await whenDone(app)

  await choose(app, 'extract-lora', 'Output')
  const inspector = app.getByTestId('inspector')
  await expect(inspector).toContainText('Kept')
  await choose(app, 'extract-lora', 'Why')
  await expect(app.getByTestId('formula')).toContainText('16 at most')
  await choose(app, 'write-model', 'Why')
  await expect(inspector).toContainText('Written to disk')
  await choose(app, 'canary-check', 'Output')
  await expect(inspector).toContainText('Refused unsafe')
})

test('two models are judged on the line between them, and layers are searched, by hand', async ({ app }) => {
  await newGraph(app)
  await app.keyboard.press('Control+\\')
  await load(app, 'load-weights', 'toy-facts', { x: 40, y: 60 })
  await load(app, 'load-weights-2', 'toy-math', { x: 40, y: 330 })
  await addNode(app, 'dataset', { x: 40, y: 600 })
  await choose(app, 'dataset', 'Params')
  await app.getByTestId('param-source').getByRole('combobox').selectOption('sample:toy-mixed-questions.jsonl')
  await addNode(app, 'barrier', { x: 420, y: 60 })
  await addNode(app, 'search layers', { x: 420, y: 460 })
  await drag(app, port(app, 'load-weights', 'weights', 'out'), port(app, 'interpolation-barrier', 'first', 'in'))
  await drag(app, port(app, 'load-weights-2', 'weights', 'out'), port(app, 'interpolation-barrier', 'second', 'in'))
  await drag(app, port(app, 'dataset', 'dataset', 'out'), port(app, 'interpolation-barrier', 'data', 'in'))
  await drag(app, port(app, 'load-weights', 'weights', 'out'), port(app, 'search-layers', 'models', 'in'))
  await drag(app, port(app, 'dataset', 'dataset', 'out'), port(app, 'search-layers', 'data', 'in'))
  await run(app)
  await whenDone(app)
  await choose(app, 'interpolation-barrier', 'Output')
  await expect(app.getByTestId('line-plot')).toBeVisible()
})
