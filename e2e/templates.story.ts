import { expect, test, tributary } from './house'

/** All templates, shared out to stories that run beside each other. */
test.describe.configure({ mode: 'parallel' })

const shares = 4
for (let share = 0; share < shares; share++)
  test(`every template opens and runs, and gives the same values on the terminal, hash by hash: part ${share + 1} of ${shares}`, async ({
    app,
    house,
  }) => {
    test.setTimeout(420_000)
    await app.getByTestId('go-templates').click()
    await expect(app.getByTestId('run-template-weak-to-strong-search')).toBeVisible()
    const names = await app
      .locator('[data-testid^="run-template-"]')
      .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('data-testid') ?? ''))
    expect(names.length).toBeGreaterThanOrEqual(25)
    let ran = 0
    for (const name of names.filter((_, i) => i % shares === share)) {
      await app.getByTestId('go-templates').click()
      await app.getByTestId(name).click()
      // one that asks many questions opens as a batch
      const batch = app.getByTestId('batch-status')
      await expect(batch.or(app.getByTestId('run-status').filter({ hasText: 'done' }))).toBeVisible({ timeout: 60_000 })
      if (await batch.isVisible()) await expect(batch).toHaveAttribute('data-status', 'done', { timeout: 60_000 })
      else {
        await expect(app.getByTestId('problem-count')).toContainText('no problems')
        ran++
      }
    }
    const runs = JSON.parse((await tributary(house.home, 'runs', 'ls', '--json')).stdout) as {
      id: string
      graph: string
      graphName: string
    }[]
    expect(ran).toBeGreaterThanOrEqual(5)
    expect(runs.length).toBeGreaterThanOrEqual(ran)
    for (const { id, graph, graphName } of runs) {
      const events = (await tributary(house.home, 'runs', 'replay', id)).stdout.trim().split('\n')
      const { seed } = JSON.parse(events[0] ?? '') as { seed: number }
      const { outputs } = JSON.parse(events.at(-1) ?? '') as { outputs: Record<string, { sha: string }> }
      const inWindow = Object.fromEntries(Object.entries(outputs).map(([name, { sha }]) => [name, sha]))
      const again = await tributary(house.home, 'run', graph, '--seed', String(seed), '--no-cache', '--json')
      expect([graphName, (JSON.parse(again.stdout) as { hashes: object }).hashes]).toEqual([graphName, inWindow])
    }
  })
