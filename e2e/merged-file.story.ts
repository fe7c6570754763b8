import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dropFile } from './drop'
import { card, expect, graphFile, runOn, test, tributary, whenDone } from './house'

/** The model file that the merge wrote. */
async function writtenFile(home: string): Promise<string> {
  const models = join(home, 'models')
  const name = (await readdir(models)).find((file) => file.startsWith('toy-math-and-facts-') && file.endsWith('.gguf'))
  expect(name).toBeDefined()
  return join(models, name ?? '')
}

test('a merged file that is dropped on the window opens the graph that made it, with seed and hashes; so does the terminal', async ({
  app,
  house,
}) => {
  await app.getByTestId('run-template-merge-two-specialists').click()
  await whenDone(app)
  const file = await writtenFile(house.home)
  const gguf = await readFile(file)

  await app.getByTestId('go-home').click()
  await dropFile(app, '[data-testid="home"]', 'taken-along.gguf', gguf)
  await expect(app.getByRole('tab', { name: 'toy-math-and-facts' })).toBeVisible()
  await expect(card(app, 'merge')).toContainText('Task arithmetic')
  await expect(app.locator('.react-flow')).toContainText('Opened from the recipe in the file')
  const opened = JSON.parse(await graphFile(house, app)) as { nodes: Record<string, { type: string; params: Record<string, unknown> }> }
  expect(
    Object.values(opened.nodes)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['load-weights', 'load-weights', 'load-weights', 'merger', 'write-model'])
  expect(opened.nodes.merge?.params.weights).toBe('0.8, 0.8')

  // the opened graph makes the very file again: the library knows it
  await app.keyboard.press('Escape')
  await runOn(app, () => app.getByRole('button', { name: 'Run', exact: true }).click())
  await whenDone(app)
  expect((await readdir(join(house.home, 'models'))).filter((name) => name.endsWith('.gguf')).length).toBeLessThanOrEqual(2)

  const { stdout, code } = await tributary(house.home, 'models', 'recipe', file)
  expect(code).toBe(0)
  expect(JSON.parse(stdout).nodes.merge.params.method).toBe('task-arithmetic')
})

test('the models screen opens the recipe of a merged model', async ({ app }) => {
  await app.getByTestId('run-template-merge-two-specialists').click()
  await whenDone(app)
  await app.getByTestId('go-models').click()
  await app.getByRole('button', { name: 'More about toy-math-and-facts' }).click()
  await app.getByRole('menuitem', { name: 'Open recipe' }).click()
  await expect(card(app, 'merge')).toBeVisible()
})

const configuration = `
models:
  - model: somebody/toy-math
    parameters: { weight: 0.8, density: 0.5 }
  - model: somebody/toy-facts
    parameters: { weight: 0.8, density: 0.5 }
merge_method: ties
base_model: somebody/unknown-base
dtype: float16
`

test('a MergeKit file that is dropped is a graph; what is missing is a problem with a remedy; it goes out as MergeKit again', async ({
  app,
  house,
}) => {
  await dropFile(app, '[data-testid="home"]', 'merge.yml', Buffer.from(configuration))
  await expect(card(app, 'merge')).toContainText('TIES')
  await expect(app.getByTestId('problem-count')).toContainText(/1/)
  const path = join(house.home, 'merge.yml')
  await writeFile(path, configuration)
  const imported = await tributary(house.home, 'import', path)
  expect(imported.code).toBe(0)
  const [id] = imported.stdout.split(' ')
  const exported = await tributary(house.home, 'export', id ?? '', '--mergekit')
  expect(exported.stdout).toContain('merge_method: ties')
  expect(exported.stdout).toContain('model: somebody/toy-math')
})
