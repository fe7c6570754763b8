import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from './drop'
import { card, expect, graphWith, openFile, run, test, whenDone } from './house'

/** A toy with one byte changed: a model that nobody here knows. */
async function stranger(bit: number): Promise<Buffer> {
  const gguf = await readFile(resolve('resources/toys/toy-facts.gguf'))
  gguf[gguf.length - 1] = (gguf[gguf.length - 1] ?? 0) ^ bit
  return gguf
}

/** Question → prompt → the model with this hash → answer. */
const asking = (sha256: string) =>
  graphWith({
    interface: {
      inputs: { question: { type: 'text', default: 'what is the capital of france?' } },
      outputs: { answer: { type: 'text', from: 'ask.text' } },
    },
    models: { given: { sha256, hint: 'given' } },
    nodes: {
      prompt: { type: 'prompt-template', v: 1, params: { template: 'q: {{question}} a:' } },
      ask: { type: 'language-model', v: 1, params: { model: 'model:given', maxTokens: 24 }, seed: 7 },
    },
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

const question = (page: Page) => page.getByTestId('accept-models')
const refuse = async (page: Page) => {
  await expect(question(page)).toBeVisible()
  await page.getByRole('button', { name: 'Do not load' }).click()
  await expect(question(page)).toBeHidden()
}

test('a model that nobody knows is asked about by whatever would load it first: variants, a rerun, a batch', async ({ app }) => {
  const first = await stranger(1)
  await app.getByTestId('go-models').click()
  await dropFile(app, '[data-testid="models-screen"]', 'first.gguf', first)
  await expect(app.getByTestId('models-screen')).toContainText('first')
  await openFile(app, asking(createHash('sha256').update(first).digest('hex')))

  // variants of a param
  await card(app, 'ask').locator('header').click()
  await app.getByRole('button', { name: 'Fork Longest answer into variants' }).click()
  await app.getByTestId('run-variants').click()
  await refuse(app)
  await app.getByTestId('run-variants').click()
  await expect(question(app)).toContainText('first')
  await app.getByTestId('accept-models-yes').click()
  await expect(app.getByTestId('fork-panel')).toContainText('paris', { timeout: 30_000 })
  await expect(app.getByTestId('fork-panel')).toContainText('the same as the first', { timeout: 30_000 })
  await expect(app.getByTestId('run-variants')).toBeEnabled({ timeout: 30_000 })
  await run(app)
  await whenDone(app)

  // a run of the past, on a graph that has another model now
  await dropFile(app, '.react-flow', 'second.gguf', await stranger(2))
  await expect(card(app, 'language-model')).toContainText('second')
  await app.getByTestId('go-runs').click()
  await app.getByTestId('runs-screen').locator('.run-answer').last().click()
  await expect(app.getByTestId('node-figures')).toContainText('KB')
  await app.getByTestId('run-detail').getByRole('button', { name: 'Run as it is now' }).click()
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
