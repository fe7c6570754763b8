import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from './drop'
import { addNode, card, drag, expect, newGraph, port, run, test, whenDone } from './house'

/** A toy with one byte changed: a model that nobody here knows. */
async function stranger(page: Page, name: string, bit: number): Promise<void> {
  const gguf = await readFile(resolve('resources/toys/toy-facts.gguf'))
  gguf[gguf.length - 1] = (gguf[gguf.length - 1] ?? 0) ^ bit
  await dropFile(page, '.react-flow', name, gguf)
}

const question = (page: Page) => page.getByTestId('accept-models')
const refuse = async (page: Page) => {
  await expect(question(page)).toBeVisible()
  await page.getByRole('button', { name: 'Do not load' }).click()
  await expect(question(page)).toBeHidden()
}

test('a model that nobody knows is asked about by whatever would load it first: variants, a batch, a rerun', async ({ app }) => {
  await newGraph(app)
  await stranger(app, 'first.gguf', 1)
  await addNode(app, 'text', { x: 20, y: 60 })
  await card(app, 'text').getByRole('textbox').fill('q: what is the capital of france? a:')
  await drag(app, port(app, 'text', 'text', 'out'), port(app, 'language-model', 'prompt', 'in'))

  // variants of a param
  await card(app, 'language-model').locator('header').click()
  await app.getByRole('button', { name: 'Fork maxTokens into variants' }).click()
  await app.getByTestId('run-variants').click()
  await refuse(app)
  await app.getByTestId('run-variants').click()
  await expect(question(app)).toContainText('first')
  await app.getByTestId('accept-models-yes').click()
  await expect(app.getByTestId('fork-panel').getByRole('row', { name: /^Plan/ }).getByRole('cell')).toHaveCount(2, { timeout: 30_000 })
  await expect(app.getByTestId('run-variants')).toBeEnabled({ timeout: 30_000 })

  // a run of the past, on a graph that has another model now
  await run(app)
  await whenDone(app)
  await stranger(app, 'second.gguf', 2)
  await expect(card(app, 'language-model-2')).toBeVisible()
  await app.getByTestId('go-runs').click()
  await app.getByTestId('runs-screen').locator('.run-answer').first().click()
  await app.getByTestId('run-detail').getByRole('button', { name: 'Run on the graph of now' }).click()
  await refuse(app)

  // a batch over rows
  await app.getByTestId('go-datasets').click()
  await app.getByTestId('new-batch').click()
  await app.getByTestId('setup-graph').selectOption({ index: 1 })
  await app.getByTestId('setup-dataset').selectOption({ index: 1 })
  await app.getByTestId('start-batch').click()
  await refuse(app)
  await app.getByTestId('start-batch').click()
  await expect(question(app)).toContainText('second')
  await app.getByTestId('accept-models-yes').click()
  await expect(app.getByTestId('batch-status')).toBeVisible()
})
