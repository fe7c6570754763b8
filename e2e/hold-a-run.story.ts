import { card, expect, graphWith, openFile, output, run, test, whenDone } from './house'

/** A prompt and the model that answers it, inside a subgraph. */
const boxed = graphWith({
  interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'box.text' } } },
  nodes: { box: { type: 'subgraph', v: 1, params: {}, subgraph: 'inner' } },
  subgraphs: {
    inner: {
      interface: { inputs: {}, outputs: { text: { type: 'text', from: 'ask.text' } } },
      nodes: {
        prompt: { type: 'text', v: 1, params: { text: 'q: what is the capital of france? a:' } },
        ask: { type: 'language-model', v: 1, params: { model: 'model:facts', maxTokens: 24 }, seed: 7 },
      },
      wires: [{ from: 'prompt.text', to: 'ask.prompt' }],
      ui: { nodes: { prompt: { x: 0, y: 0 }, ask: { x: 320, y: 0 }, '=text': { x: 640, y: 0 } }, frames: [], notes: [] },
    },
  },
  ui: { nodes: { box: { x: 0, y: 0 }, '=answer': { x: 420, y: 0 } }, frames: [], notes: [] },
})

test('a breakpoint pauses a run before its node; a step goes one node further, and going on ends it', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('F9')
  await expect(app.getByTestId('breakpoint-writer')).toBeVisible()

  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await run(app)
  await expect(card(app, 'writer').getByTestId('badge')).toContainText('paused')
  await expect(output(app, 'answer')).not.toContainText('rome')
  await app.getByTestId('step-run').click()
  await expect(card(app, 'writer').getByTestId('badge')).toContainText('done')
  await expect(app.getByTestId('resume-run')).toBeVisible()
  await app.getByTestId('resume-run').click()
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('the blue cup is in rome')

  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('F9')
  await expect(app.getByTestId('breakpoint-writer')).toBeHidden()
})

test('an output is pinned, edited and used; the result says so, the file knows nothing, and unpinning gives the real one back', async ({
  app,
}) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('Shift+P')
  await expect(app.getByTestId('pinned-writer')).toBeVisible()
  await app.getByTestId('pin-text').fill('the red key is in paris.')
  await run(app)
  await whenDone(app)
  await expect(card(app, 'writer').getByTestId('badge')).toContainText('pinned')
  await expect(output(app, 'answer')).toContainText('paris')

  await app.reload()
  await app.locator('.graph-open').first().click()
  await expect(app.getByTestId('pinned-writer')).toBeVisible()
  await card(app, 'writer').locator('header').click()
  await app.keyboard.press('Shift+P')
  await expect(app.getByTestId('pinned-writer')).toBeHidden()
  await run(app)
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
})

test('inside a container: a breakpoint pauses its node, an output is pinned, and a param is forked into variants', async ({ app }) => {
  await openFile(app, boxed)
  const inside = async () => {
    await card(app, 'box').locator('header').dblclick()
    await expect(app.getByTestId('breadcrumb')).toBeVisible()
    await card(app, 'ask').locator('header').click()
  }
  await inside()
  await app.keyboard.press('F9')
  await expect(app.getByTestId('breakpoint-ask')).toBeVisible()
  await run(app)
  await expect(card(app, 'ask').getByTestId('badge')).toContainText('paused')
  await app.getByTestId('resume-run').click()
  await whenDone(app)
  await expect(card(app, 'ask').getByTestId('live-text')).toContainText('paris')
  await app.keyboard.press('F9')
  await expect(app.getByTestId('breakpoint-ask')).toBeHidden()

  await app.keyboard.press('Shift+P')
  await app.getByTestId('pin-text').fill('lyon')
  await run(app)
  await whenDone(app)
  await expect(card(app, 'ask').getByTestId('badge')).toContainText('pinned')
  await app.getByTestId('breadcrumb').getByRole('button').first().click()
  await expect(output(app, 'answer')).toContainText('lyon')
  await inside()
  await app.keyboard.press('Shift+P')
  await expect(app.getByTestId('pinned-ask')).toBeHidden()

  await app.getByTestId('inspector').getByRole('tab', { name: 'Params' }).click()
  await app.getByRole('button', { name: 'Fork Longest answer into variants' }).click()
  const panel = app.getByTestId('fork-panel')
  await panel.getByRole('textbox', { name: 'variant A' }).fill('1')
  await panel.getByRole('textbox', { name: 'variant B' }).fill('24')
  await expect(card(app, 'ask')).toContainText('A|B Longest answer')
  await panel.getByTestId('run-variants').click()
  const answers = panel.getByRole('row', { name: /^answer/ }).getByRole('cell')
  await expect(answers.nth(1)).toContainText('paris', { timeout: 60_000 })
  await panel.getByTestId('keep-B').click()
  await expect(app.getByTestId('param-maxTokens').locator('input').last()).toHaveValue('24')
})
