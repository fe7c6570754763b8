import { dropFile } from './drop'
import {
  atRest,
  bringIn,
  canvas,
  card,
  cards,
  choose,
  chooseFiles,
  clickEmpty,
  dropOnEmpty,
  expect,
  newGraph,
  output,
  palette,
  port,
  run,
  test,
  tributary,
  whenDone,
  wires,
} from './house'

const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })

test('own documents: three files come in at once, the answer is read in the inspector, and its claim leads to the passage', async ({
  app,
}) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await card(app, 'documents').locator('header').click()
  const inspector = app.getByTestId('inspector')
  await chooseFiles(app, () => inspector.getByRole('button', { name: 'Add files…' }).click(), [
    text('one.txt', 'the red key is in oslo. the blue cup is in rome.'),
    text('two.md', 'the green book is in lima.'),
    text('three.txt', 'the white box is in cairo.'),
  ])
  await expect(app.getByTestId('param-source').getByRole('combobox').locator('option:checked')).toContainText('3 files')
  await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
  await canvas(app).focus()
  await run(app)
  await expect(output(app, 'answer')).toContainText('the blue cup is in rome')
  await whenDone(app)
  // the inspector took room from the canvas: all of the graph is brought into view again
  await bringIn(app, card(app, '=answer'))
  await card(app, '=answer').locator('header').click()
  const claim = inspector.getByTestId('claim').first()
  await expect(claim).toHaveAttribute('data-verdict', 'supported')
  await claim.click()
  await expect(app.getByText('the blue cup is in rome.', { exact: true }).last()).toBeVisible()
  // with nothing chosen, the graph itself is shown with what it was asked and what it answered
  await app.keyboard.press('Escape')
  await clickEmpty(app, { x: 4, y: 740 })
  await expect(inspector.getByLabel('Value of answer')).toContainText('the blue cup is in rome')
})

test('a merged model is asked beside its parents, in one click', async ({ app }) => {
  await app.getByTestId('run-template-merge-two-specialists').click()
  await whenDone(app)
  await app.locator('[data-node-type="write-model"]').locator('header').first().click()
  const inspector = app.getByTestId('inspector')
  await inspector.getByRole('tab', { name: 'Output' }).click()
  await expect(inspector.getByTestId('ask-model')).toBeVisible()
  await inspector.getByTestId('ask-parents').click()
  await app.getByTestId('form-input-question').getByRole('textbox').fill('q: what is the capital of france? a:')
  await app.getByTestId('form-run').click()
  await expect(app.getByTestId('form-output-toy-math-and-facts')).toContainText('paris')
  await expect(app.getByTestId('form-output-toy-facts')).toContainText('paris')
  await expect(app.getByTestId('form-output-toy-math')).not.toContainText('paris')
})

test('an input asks what gives it: the input of the graph comes first, and stands left of what it feeds', async ({ app }) => {
  await newGraph(app)
  await app.getByTestId('add-prompt-template').click()
  const prompt = card(app, 'prompt-template')
  await expect(prompt).toBeVisible()
  await dropOnEmpty(app, port(app, 'prompt-template', 'question', 'in'), { x: 260, y: 80 })
  await expect(palette(app).getByPlaceholder('What gives this Text wire?')).toBeVisible()
  await app.keyboard.press('Enter')
  await expect(wires(app)).toHaveCount(1)
  const [left, right] = [await card(app, '@question').boundingBox(), await prompt.boundingBox()]
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThan(right?.x ?? 0)
  await atRest(prompt)
  await dropOnEmpty(app, port(app, 'prompt-template', 'text', 'out'), { x: 900, y: 80 })
  await choose(app, 'graph output')
  await expect(wires(app)).toHaveCount(2)
  // both stand in the list of nodes, too
  await app.getByPlaceholder('Find a node…').fill('input')
  await app.getByTestId('add-@input').click()
  await expect(card(app, '@question-2')).toBeVisible()
})

test('a table that cannot be read says so where its rows would stand, and is forgotten', async ({ app, house }) => {
  await app.getByTestId('go-datasets').click()
  await chooseFiles(app, () => app.getByTestId('add-dataset').click(), {
    name: 'bad.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('question,gold\n"never closed,1\n'),
  })
  await expect(app.getByRole('alert')).toContainText('“bad.csv” cannot be read')
  await expect(app.getByTestId('run-over-dataset')).toBeDisabled()
  await app.getByRole('button', { name: 'Forget this file' }).click()
  await expect(app.getByTestId('example-batch')).toBeVisible()
  await expect(app.getByText('bad.csv')).toHaveCount(0)
  // the empty place leads to a batch on the toys, and that to its wrong rows
  await app.getByTestId('example-batch').click()
  await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'done', { timeout: 60_000 })
  const all = await app.getByTestId('shown-rows').textContent()
  await app.getByTestId('batch-filter').selectOption({ index: 3 })
  await expect(app.getByTestId('shown-rows')).not.toHaveText(all ?? '')
  await expect(app.getByTestId('shown-rows')).toContainText(' of ')
  expect((await tributary(house.home, 'runs', 'ls', '--json')).code).toBe(0)
})

test('a workflow of another program is refused by its name, with what can be opened', async ({ app }) => {
  await newGraph(app)
  await chooseFiles(app, () => app.keyboard.press('Control+o'), {
    name: 'workflow.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"nodes":[{"id":1,"type":"KSampler"}],"links":[],"version":0.4}'),
  })
  await expect(app.getByTestId('toasts')).toContainText('ComfyUI')
  await expect(app.getByTestId('toasts')).toContainText('.trib.json')
})

test('a damaged graph file that is dropped is refused with what is wrong in it, and becomes no document', async ({ app }) => {
  await newGraph(app)
  await dropFile(app, '.react-flow', 'broken.trib.json', Buffer.from('{"format":"tributary/graph",'))
  await expect(app.getByTestId('toasts').locator('.toast')).toContainText(/JSON/)
  await expect(cards(app)).toHaveCount(0)
})
