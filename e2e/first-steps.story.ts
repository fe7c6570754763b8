import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { card, expect, output, test, whenDone } from './house'

test('what is copied as a command gives the same answer in a terminal', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await app.getByTestId('graph-menu').click()
  await app.getByRole('menuitem', { name: 'Copy as a command' }).click()
  await expect(app.getByTestId('toasts')).toContainText('Copied the command')
  const command = await app.evaluate(() => navigator.clipboard.readText())
  expect(command).toMatch(/^npx tributary .*run g_[0-9a-f]+ .*--seed \d+$/)
  const here = command.replace('npx tributary', 'node_modules/node/bin/node tools/tributary.mjs')
  const { stdout } = await promisify(execFile)('sh', ['-c', `${here} --json`], { maxBuffer: 64 * 1024 * 1024 })
  const told = JSON.parse(stdout) as { outputs: { answer: string }; totals: { ran: number } }
  expect(told.outputs.answer).toContain('the red key is in oslo.')
  expect(told.totals.ran).toBe(0)
})

test('hints are said once, at their place, and real models are one step away and back', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  await expect(app.getByTestId('hint-run-again')).toBeVisible()
  await app.getByTestId('hint-run-again').getByRole('button', { name: 'Got it' }).click()
  await expect(app.getByTestId('hint-run-again')).toBeHidden()
  await app.reload()
  await app.locator('.graph-open').first().click()
  await expect(output(app, 'answer')).toContainText('the red key is in oslo')
  await expect(app.getByTestId('hint-run-again')).toBeHidden()

  await expect(card(app, 'writer')).toContainText('toy-reader')
  await expect(app.getByTestId('swap-bar')).toContainText('toy models')
  await app.getByTestId('swap-models').click()
  await expect(app.getByTestId('swap-bar')).toBeHidden()
  await expect(card(app, 'writer')).not.toContainText('toy-reader')
  await app.getByTestId('undo').click()
  await expect(card(app, 'writer')).toContainText('toy-reader')
  await expect(app.getByTestId('swap-bar')).toBeVisible()
})

test('three tabs on one graph edit at once, and all show the same', async ({ app, house, context }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  const pages = [app, await context.newPage(), await context.newPage()]
  for (const page of pages.slice(1)) {
    await page.goto(house.url)
    await page.locator('.graph-open').first().click()
    await expect(card(page, 'writer')).toBeVisible()
  }
  const nodes = ['compressor', 'detector', 'retriever']
  await Promise.all(
    pages.map(async (page, i) => {
      await card(page, nodes[i] ?? '')
        .locator('header')
        .click()
      await page.keyboard.press('m')
    }),
  )
  for (const page of pages) {
    for (const node of nodes) await expect(card(page, node).getByTestId('badge')).toContainText('muted')
    await expect(page.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  }
  const saved = await Promise.all(pages.map((page) => page.getByTestId('saved').textContent()))
  expect(new Set(saved).size).toBe(1)
})
