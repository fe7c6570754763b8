import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { dropFile } from './drop'
import { addNode, askToRun, canvas, card, drag, expect, newGraph, port, run, test, tributary, whenDone } from './house'

test('the toys are listed as toys, and the matrix says what fits what', async ({ app, house }) => {
  await app.getByTestId('go-models').click()
  await expect(app.getByTestId('model-toy-base')).toContainText('toy')
  await expect(app.getByTestId('model-toy-facts')).toHaveAttribute('data-state', 'present')
  await expect(app.getByTestId('pull-button-smollm2-135m-instruct')).toBeVisible()
  await app.getByRole('tab', { name: 'What fits what' }).click()
  const row = app
    .getByTestId('matrix')
    .getByRole('row')
    .filter({ has: app.getByRole('rowheader', { name: 'toy-math' }) })
  await expect(row.getByRole('button', { name: /: Weights can be merged\./ }).first()).toBeVisible()
  await expect(row.getByRole('button', { name: /: Weights cannot be merged\./ }).first()).toBeVisible()
  await expect(row.getByRole('button', { name: /^toy-math and toy-other:.*once they are aligned/ })).toBeVisible()

  // the keys walk and tell the reasons, the search field narrows
  await row.getByRole('button', { name: /^toy-math and toy-facts/ }).focus()
  await expect(app.getByRole('tooltip')).toContainText('Same architecture, tensor shapes and vocabulary.')
  await app.keyboard.press('ArrowRight')
  await expect(app.getByRole('button', { name: /^toy-math and toy-liar/ })).toBeFocused()
  await app.getByRole('textbox', { name: 'Find a model' }).fill('draft')
  await expect(app.getByTestId('matrix').locator('td')).toHaveCount(4)

  // two that fit are a graph away from being one
  await app.getByRole('textbox', { name: 'Find a model' }).fill('')
  await row.getByRole('button', { name: /^toy-math and toy-facts/ }).click()
  await expect(card(app, 'merger')).toBeVisible()
  await run(app)
  await whenDone(app)
  expect((await tributary(house.home, 'models', 'ls')).stdout).toContain('toy-math-and-toy-facts')
})

test('a GGUF file that is dropped is in the library, and one dropped on the canvas is a node', async ({ app, house }) => {
  const gguf = await readFile(resolve('resources/toys/toy-draft.gguf'))
  gguf[gguf.length - 1] = (gguf[gguf.length - 1] ?? 0) ^ 1
  await app.getByTestId('go-models').click()
  await dropFile(app, '[data-testid="models-screen"]', 'my-model.gguf', gguf)
  await expect(app.getByTestId('models-screen')).toContainText('my-model')
  const { stdout } = await tributary(house.home, 'models', 'ls', '--json')
  expect(stdout).toContain('my-model')
  await app.getByTestId('go-home').click()
  await newGraph(app)
  await expect(canvas(app)).toBeVisible()
  await dropFile(app, '.react-flow', 'my-model.gguf', gguf)
  await expect(card(app, 'language-model')).toContainText('my-model')
})

test('a model from a file asks before its first load, once, and the run goes on after a yes', async ({ app, house }) => {
  const gguf = await readFile(resolve('resources/toys/toy-facts.gguf'))
  gguf[gguf.length - 1] = (gguf[gguf.length - 1] ?? 0) ^ 1
  await app.getByTestId('go-home').click()
  await newGraph(app)
  const template = Buffer.from("'user' %}q: ")
  gguf.write('Q', gguf.indexOf(template) + template.length - 3)
  await dropFile(app, '.react-flow', 'given.gguf', gguf)
  await expect(card(app, 'language-model')).toContainText('given')
  await addNode(app, 'text', { x: 20, y: 60 })
  await card(app, 'text').getByRole('textbox').fill('q: what is the capital of france? a:')
  await drag(app, port(app, 'text', 'text', 'out'), port(app, 'language-model', 'prompt', 'in'))
  await askToRun(app)
  const question = app.getByTestId('accept-models')
  await expect(question).toContainText('given')
  await expect(question).toContainText(/sha256 [0-9a-f]{64}/)
  await app.getByRole('button', { name: 'Do not load' }).click()
  await expect(question).toBeHidden()
  await askToRun(app)
  await app.getByTestId('accept-models-yes').click()
  await whenDone(app)
  const { stdout } = await tributary(house.home, 'models', 'ls', '--json')
  expect(stdout).not.toContain('asksFirst')

  await app.getByTestId('go-models').click()
  await app.getByRole('button', { name: 'More about given' }).click()
  await app.getByRole('menuitem', { name: 'Chat template' }).click()
  const sheet = app.getByTestId('template-sheet')
  await expect(sheet).toHaveAttribute('data-used', 'wrapper')
  await expect(sheet).toContainText('Nobody here knows it, so it is not run.')
  await expect(sheet).toContainText('Q: What is two plus two?')
  await app.getByTestId('template-decide').click()
  await expect(sheet).toHaveAttribute('data-used', 'own')
})

test.describe('a file that is no model', () => {
  test.use({ expectedFaults: /400 \(Bad Request\)/ })

  test('is refused with a sentence, and nothing is registered', async ({ app, house }) => {
    const before = await tributary(house.home, 'models', 'ls', '--json')
    await app.getByTestId('go-models').click()
    await dropFile(app, '[data-testid="models-screen"]', 'letter.gguf', Buffer.from('Dear reader, this is a letter and no model at all.'))
    await expect(app.getByTestId('toasts')).toContainText(/letter\.gguf.*\./)
    await expect(app.getByTestId('toasts')).toContainText(/GGUF/)
    await expect(app.getByTestId('models-screen')).not.toContainText('letter')
    const after = await tributary(house.home, 'models', 'ls', '--json')
    expect(after.stdout).toBe(before.stdout)
  })
})

test('models in memory are listed, and freed when a person says so', async ({ app }) => {
  await app.getByTestId('go-templates').click()
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await app.getByTestId('go-models').click()
  await expect(app.getByTestId('loaded-toy-math')).toBeVisible()
  await expect(app.getByTestId('unload-after')).toHaveValue('30')
  await app.getByRole('button', { name: 'Free toy-math now' }).click()
  await expect(app.getByTestId('loaded-toy-math')).toBeHidden()
})

test('a model that is put into the folder by another hand appears by itself, and is missing once its file is gone', async ({
  app,
  house,
}) => {
  await app.getByTestId('go-models').click()
  const mine = join(house.home, 'models', 'by-hand.gguf')
  await copyFile('resources/toys/toy-math.gguf', mine)
  // the same bytes as a toy are the toy; other bytes are another model
  const bytes = await readFile(mine)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  await writeFile(mine, bytes)
  const model = app.locator('.model-card').filter({ has: app.getByRole('heading', { name: 'by-hand' }) })
  await expect(model).toHaveAttribute('data-state', 'present', { timeout: 20_000 })
  await rm(mine)
  await expect(model).toHaveAttribute('data-state', 'missing', { timeout: 20_000 })
})
