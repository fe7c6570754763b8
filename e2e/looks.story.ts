import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { canvas, card, expect, output, run, test, whenDone } from './house'

/**
 * Pictures of every screen, in both themes and two sizes, for docs/screens. Only when asked: TRIBUTARY_SCREENS=1.
 * The wide pictures have short names (pipeline-light.png), the small ones end in -small.
 */
const folder = resolve('docs/screens')
const sizes = [
  ['', { width: 1440, height: 900 }],
  ['-small', { width: 1024, height: 700 }],
] as const

test.skip(process.env.TRIBUTARY_SCREENS === undefined, 'pictures are taken when TRIBUTARY_SCREENS is set')

test.describe('every screen has its picture', () => {
  for (const theme of ['light', 'dark'] as const)
    for (const [suffix, viewport] of sizes)
      test.describe(`${theme}${suffix}`, () => {
        test.use({ viewport, colorScheme: theme })
        test('is taken', async ({ app }) => {
          test.slow()
          await mkdir(folder, { recursive: true })
          const shoot = async (name: string) => {
            await expect(app.getByTestId('toasts').locator('.toast')).toHaveCount(0, { timeout: 20_000 })
            await app.mouse.move(0, 0)
            await app.screenshot({ path: resolve(folder, `${name}-${theme}${suffix}.png`), animations: 'disabled' })
          }
          await shoot('home')
          await app.getByTestId('run-template-answer-from-documents').click()
          await whenDone(app)
          await expect(output(app, 'answer')).toContainText('the red key is in oslo')
          await fitPipeline(app)
          await shoot('pipeline')
          await app.keyboard.press('Control+Alt+\\')
          await expect(app.getByTestId('inspector')).toBeVisible()
          await card(app, 'writer').locator('header').click()
          await app.keyboard.press('f')
          await shoot('inspector')
          await app.keyboard.press('1')
          await canvas(app).focus()
          await app.keyboard.press('Tab')
          await app.getByTestId('quick-palette').getByRole('combobox').fill('retr')
          await shoot('palette')
          await app.keyboard.press('Escape')
          // another question, so that there are two runs to be told apart
          await card(app, '@question').getByRole('textbox').fill('where is the blue cup?')
          await canvas(app).focus()
          await run(app)
          await expect(output(app, 'answer')).toContainText('the blue cup is in rome')
          await whenDone(app)
          for (const screen of ['templates', 'models', 'datasets', 'runs', 'compare', 'settings']) {
            await app.getByTestId(`go-${screen}`).click()
            if (screen === 'compare') {
              await app.getByRole('button', { name: /^Last two runs of/ }).click()
              await expect(app.getByTestId('first-difference')).toBeVisible()
            }
            await shoot(screen)
          }
          await app.getByTestId('go-home').click()
          await app.getByTestId('run-template-merge-two-specialists').click()
          await whenDone(app)
          await app.keyboard.press('Control+`')
          for (const panel of ['Timeline', 'Weights']) {
            await app.getByRole('tab', { name: panel }).click()
            if (panel === 'Weights') await expect(app.getByTestId('heat-map')).toBeVisible({ timeout: 30_000 })
            await shoot(panel.toLowerCase())
          }
          await app.getByTestId('go-templates').click()
          await app.getByTestId('run-template-polite-or-rude').click()
          await whenDone(app)
          await app.keyboard.press('Control+`')
          await app.getByRole('tab', { name: 'Tokens' }).click()
          await app.getByTestId('token-0').click()
          await expect(app.getByTestId('token-detail')).toContainText('weight')
          await shoot('tokens')
        })
      })
})

/** The whole graph on as much canvas as there is: without the panels at its sides, and without the map that lies over its corner. */
async function fitPipeline(app: Page): Promise<void> {
  await canvas(app).focus()
  if (await app.getByTestId('nodes-panel').isVisible()) await app.keyboard.press('Control+\\')
  if (await app.getByTestId('inspector').isVisible()) await app.keyboard.press('Control+Alt+\\')
  await expect(app.getByTestId('nodes-panel')).toBeHidden()
  await expect(app.getByTestId('inspector')).toBeHidden()
  await app.keyboard.press('Control+k')
  await app.getByTestId('command-palette').getByRole('combobox').fill('hide the map')
  await app.keyboard.press('Enter')
  await app.keyboard.press('1')
}
