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
