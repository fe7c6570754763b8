import { addNode, arrive, card, expect, newGraph, output, run, startHouse, stopHouse, test, tributary, whenDone } from './house'

test('a template runs on the toys within ten seconds of the first click, with nothing downloaded', async ({ app }) => {
  const clicked = Date.now()
  await app.getByTestId('run-template-answer-from-documents').click()
  await expect(output(app, 'answer')).toContainText('the red key is in oslo', { timeout: 10_000 })
  expect(Date.now() - clicked).toBeLessThan(10_000)
  await expect(app.getByTestId('claim').first()).toBeVisible()
})

test('a question typed at the door is answered by two models, ranked and fused', async ({ app }) => {
  await app.getByTestId('ask').fill('where is the blue cup?')
  await app.keyboard.press('Enter')
  await whenDone(app)
  await expect(output(app, 'answer')).toContainText('rome')
})

test('every template opens and runs, and gives the same values on the terminal, hash by hash', async ({ app, house }) => {
  test.setTimeout(420_000)
  await app.getByTestId('go-templates').click()
  const names = await app
    .locator('[data-testid^="run-template-"]')
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('data-testid') ?? ''))
  expect(names.length).toBeGreaterThanOrEqual(25)
  for (const name of names) {
    await app.getByTestId('go-templates').click()
    await app.getByTestId(name).click()
    // one that asks many questions opens as a batch
    const batch = app.getByTestId('batch-status')
    await expect(batch.or(app.getByTestId('run-status').filter({ hasText: 'done' }))).toBeVisible({ timeout: 60_000 })
    if (await batch.isVisible()) await expect(batch).toHaveAttribute('data-status', 'done', { timeout: 60_000 })
    else await expect(app.getByTestId('problem-count')).toContainText('no problems')
  }
  const runs = JSON.parse((await tributary(house.home, 'runs', 'ls', '--json')).stdout) as {
    id: string
    graph: string
    graphName: string
  }[]
  expect(runs.length).toBeGreaterThanOrEqual(20)
  for (const { id, graph, graphName } of runs) {
    const events = (await tributary(house.home, 'runs', 'replay', id)).stdout.trim().split('\n')
    const { seed } = JSON.parse(events[0] ?? '') as { seed: number }
    const { outputs } = JSON.parse(events.at(-1) ?? '') as { outputs: Record<string, { sha: string }> }
    const inWindow = Object.fromEntries(Object.entries(outputs).map(([name, { sha }]) => [name, sha]))
    const again = await tributary(house.home, 'run', graph, '--seed', String(seed), '--no-cache', '--json')
    expect([graphName, (JSON.parse(again.stdout) as { hashes: object }).hashes]).toEqual([graphName, inWindow])
  }
})

test('the same file gives the same answer on the terminal, for the same seed', async ({ app, house }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  const { stdout } = await tributary(house.home, 'runs', 'ls', '--json')
  const [last] = JSON.parse(stdout) as { graphName: string; graph: string; seed: number }[]
  const again = await tributary(house.home, 'run', last?.graph ?? '', '--seed', String(last?.seed), '--no-cache', '--json')
  expect(again.code).toBe(0)
  const answer = (JSON.parse(again.stdout) as { outputs: { answer: string } }).outputs.answer
  expect(answer).toContain('the red key is in oslo.')
})

test.describe('a house that is killed', () => {
  test.use({ expectedFaults: /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|WebSocket connection/ })

  test('of what is typed, a kill loses at most the last keystroke', async ({ app, house }) => {
    await newGraph(app)
    await addNode(app, 'text', { x: 200, y: 160 })
    const field = card(app, 'text').getByRole('textbox')
    await field.fill('all of this is kep')
    await expect(app.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
    await field.press('End')
    await field.press('t')
    await stopHouse(house, 'SIGKILL')
    const again = await startHouse(house.home)
    try {
      await arrive(app, again.url)
      await app.locator('.graph-open').first().click()
      await expect(card(app, 'text').getByRole('textbox')).toHaveValue(/^all of this is kept?$/)
    } finally {
      await stopHouse(again)
    }
  })

  test('work outlives a kill: graph, run and values are there after a restart', async ({ app, house }) => {
    await app.getByTestId('run-template-answer-from-documents').click()
    await whenDone(app)
    await expect(app.getByTestId('saved')).toContainText('saved')
    await stopHouse(house, 'SIGKILL')
    const again = await startHouse(house.home)
    try {
      await arrive(app, again.url)
      await app.getByTestId('home').getByText('Answer from my documents, and check every claim').first().click()
      await expect(app.getByTestId('run')).toBeEnabled()
      await expect(output(app, 'answer')).toContainText('the red key is in oslo')
      await run(app)
      await whenDone(app)
      await expect(output(app, 'answer')).toContainText('the red key is in oslo')
      // The status line shows the last run until the new one has begun: the history is what counts.
      const statuses = async () => {
        const { stdout } = await tributary(house.home, 'runs', 'ls', '--json')
        return (JSON.parse(stdout) as { status: string }[]).map(({ status }) => status)
      }
      await expect.poll(statuses, { timeout: 20_000 }).toEqual(['done', 'done'])
    } finally {
      await stopHouse(again)
    }
  })
})
