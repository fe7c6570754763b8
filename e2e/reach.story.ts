import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import { card, expect, graphWith, openFile, run, test, whenDone } from './house'

/** Every screen, in both themes, is looked through by axe: nothing serious or critical may be found. */
const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A node that waits for its model and its question, and one of a kind that nobody knows. */
const unfinished = graphWith({
  nodes: { open: { type: 'language-model', v: 1, params: {} }, odd: { type: 'no-such-type', v: 1, params: {} } },
  ui: { nodes: { open: { x: 0, y: 0 }, odd: { x: 320, y: 0 } }, frames: [], notes: [] },
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`${colorScheme}: axe finds nothing serious`, () => {
    test.use({ colorScheme })

    test('on the screens of the rail', async ({ app }) => {
      await look(app, 'home')
      for (const screen of ['templates', 'models', 'datasets', 'runs', 'compare', 'settings']) {
        await app.getByTestId(`go-${screen}`).click()
        await filled(app)
        await look(app, screen)
      }
      await app.getByTestId('go-models').click()
      await app.getByText('What fits what').click()
      await expect(app.getByTestId('matrix').locator('tbody tr').nth(3)).toBeVisible()
      await look(app, 'matrix')
    })

    test('on a graph, its panels and what lies over it', async ({ app }) => {
      test.slow()
      await app.getByTestId('run-template-answer-from-documents').click()
      await whenDone(app)
      await look(app, 'graph')
      if (!(await app.getByTestId('inspector').isVisible())) await app.keyboard.press('Control+Alt+\\')
      await look(app, 'graph itself in the inspector')
      await card(app, 'verifier').locator('header').click()
      for (const tab of ['Params', 'Inputs', 'Output', 'Why', 'Notes']) {
        await app.getByTestId('inspector').getByRole('tab', { name: tab }).click()
        await look(app, `inspector ${tab}`)
      }
      await app.keyboard.press('Control+`')
      for (const tab of ['Timeline', 'Tokens', 'Problems', 'Runs', 'Log']) {
        await app.getByTestId('dock').getByRole('tab', { name: tab }).click()
        await look(app, `dock ${tab}`)
      }
      await app.keyboard.press('Control+`')
      await app.getByTestId('open-plan').click()
      await expect(app.getByTestId('plan')).toBeVisible()
      await look(app, 'plan')
      await app.keyboard.press('Escape')
      await app.keyboard.press('Control+k')
      await look(app, 'commands')
      await app.keyboard.press('Escape')
      await app.getByTestId('canvas').focus()
      await app.keyboard.press('?')
      await look(app, 'keys')
      await app.keyboard.press('Escape')
      await app.getByTestId('canvas').focus()
      await app.keyboard.press('Tab')
      await look(app, 'palette')
      await app.keyboard.press('Escape')
      await app.getByTestId('graph-menu').click()
      await look(app, 'menu')
      await app.keyboard.press('Escape')
      for (const tab of await app.locator('.left-panel').getByRole('tab').all()) {
        await tab.click()
        await look(app, `left panel ${await tab.textContent()}`)
      }
      await app.getByTestId('toggle-form').click()
      await look(app, 'form')
    })

    test('on tokens, weights and two runs compared', async ({ app }) => {
      test.slow()
      await app.getByTestId('run-template-mix-token-by-token').click()
      await whenDone(app)
      await app.keyboard.press('Control+`')
      await app.getByRole('tab', { name: 'Tokens' }).click()
      await app.getByTestId('token-0').click()
      await look(app, 'tokens')
      await app.keyboard.press('Control+`')
      await card(app, '@question').getByRole('textbox').fill('q: what is 4 plus 5? a:')
      await run(app)
      await whenDone(app)
      await app.getByTestId('go-compare').click()
      await look(app, 'compare, nothing chosen')
      await app.getByRole('button', { name: /^Last two runs of/ }).click()
      await expect(app.getByTestId('first-difference')).toContainText('for it was given another question')
      await look(app, 'compare')
      await app.getByTestId('go-runs').click()
      await app.locator('.run-answer').first().click()
      await look(app, 'run detail')
      await app.getByTestId('go-home').click()
      await app.getByTestId('run-template-merge-two-specialists').click()
      await whenDone(app)
      await app.keyboard.press('Control+`')
      await app.getByRole('tab', { name: 'Weights' }).click()
      await app.getByTestId('heat-map').getByRole('button').nth(12).click()
      await look(app, 'weights')
    })

    test('on split panels, and on what is not finished or wrong', async ({ app }) => {
      await app.getByTestId('run-template-mix-token-by-token').click()
      await whenDone(app)
      await app.keyboard.press('Control+`')
      await card(app, 'mix').locator('header').click()
      for (const panel of ['left', 'dock', 'inspector'] as const) {
        await app
          .getByTestId(`${panel}-first`)
          .getByRole('button', { name: /^Split the / })
          .click()
        await expect(app.getByTestId(`${panel}-second`)).toBeVisible()
      }
      await look(app, 'split panels')
      await app.setViewportSize({ width: 1024, height: 560 })
      await expect(app.getByRole('button', { name: /^Show the other half: / }).first()).toBeVisible()
      await look(app, 'halves that have no room')
      await app.setViewportSize({ width: 1440, height: 900 })
      await openFile(app, unfinished)
      await expect(card(app, 'open').getByTestId('badge')).toHaveText('incomplete')
      await app.getByTestId('problem-count').click()
      await app.keyboard.press('Control+f')
      await expect(app.getByTestId('outline').getByRole('img', { name: /^problem: / })).toBeVisible()
      await look(app, 'problems')
    })

    test('on a batch', async ({ app }) => {
      test.slow()
      await app.getByTestId('go-templates').click()
      await app.getByTestId('run-template-ab-over-a-dataset').click()
      await expect(app.getByTestId('batch-grid').locator('[data-status="done"]').nth(2)).toBeVisible({ timeout: 60_000 })
      await look(app, 'batch')
      await app
        .getByTestId('stop-batch')
        .click({ timeout: 2000 })
        .catch(() => undefined) // it may be over
      await app.getByTestId('go-datasets').click()
      await app.getByRole('button', { name: 'Datasets' }).last().click()
      await app.getByTestId('new-batch').click()
      await look(app, 'before a batch')
    })
  })

/** What a screen asks for has come: its text stays as it is. */
async function filled(page: Page): Promise<void> {
  let before: string | null = ''
  const isSame = async () => {
    const now = await page.locator('body').textContent()
    const same = now === before
    before = now
    return same
  }
  await expect.poll(isSame, { intervals: [300] }).toBe(true)
}

async function look(page: Page, where: string): Promise<void> {
  // what fades in has little contrast while it does; what turns for as long as something is awaited never ends
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(done))
    const ending = document
      .getAnimations()
      .filter(({ effect, playState }) => playState === 'running' && effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    await Promise.all(ending.map(({ finished }) => finished.catch(() => undefined)))
  })
  await page.evaluate(await source)
  const results = await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ resultTypes: ['violations'] }),
  )
  const found = results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${where}: ${id}: ${target.join(' ')}: ${failureSummary}`))
  expect.soft(found).toEqual([])
}
