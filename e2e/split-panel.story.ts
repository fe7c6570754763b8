import type { Locator, Page } from '@playwright/test'
import { expect, test, whenDone } from './house'

/** As it moves for most people. */
test.use({ contextOptions: { reducedMotion: 'no-preference' } })

const tab = (half: Locator, name: string) => half.getByRole('tab', { name })
const isChosen = (half: Locator, name: string) => expect(tab(half, name)).toHaveAttribute('aria-selected', 'true')

async function command(app: Page, title: string): Promise<void> {
  await app.keyboard.press('Control+k')
  await app.getByTestId('command-palette').getByRole('combobox').fill(title)
  await app.keyboard.press('Enter')
  await expect(app.getByTestId('command-palette')).toBeHidden()
}

test('the bottom panel shows two tabs side by side, and each graph keeps its panels', async ({ app }) => {
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await app.keyboard.press('Control+`')
  const first = app.getByTestId('dock-first')
  const second = app.getByTestId('dock-second')
  await first.getByRole('button', { name: 'Split the bottom panel' }).click()
  await isChosen(second, 'Tokens')
  await expect(second.getByTestId('token-0')).toBeVisible()
  await isChosen(first, 'Timeline')

  // the tab that the other half shows: they trade places
  await tab(second, 'Timeline').click()
  await isChosen(first, 'Tokens')
  await isChosen(second, 'Timeline')

  // by keys, too
  const before = (await second.boundingBox())?.width ?? 0
  const grip = app.getByRole('separator', { name: 'Width of the bottom panel’s second half' })
  await grip.focus()
  await app.keyboard.press('ArrowLeft')
  await expect(grip).toHaveAttribute('aria-valuenow', '50')
  await expect.poll(async () => (await second.boundingBox())?.width).toBeGreaterThan(before + 20)

  // another graph begins with nothing of this one's work, and goes its own way
  await app.getByTestId('go-templates').click()
  await app.getByTestId('run-template-draft-and-verify').click()
  await expect(app.getByTestId('node-plain')).toBeVisible()
  await expect(app.getByTestId('dock')).toBeHidden()
  await app.getByTestId('canvas').focus()
  await app.keyboard.press('Control+`')
  await isChosen(first, 'Timeline')
  await expect(second).toBeHidden()
  await app.getByRole('tab', { name: /token by token/ }).click()
  await expect(second).toBeVisible()

  await app.reload()
  await app.locator('.graph-open', { hasText: 'token by' }).click()
  await isChosen(second, 'Timeline')
  await expect(grip).toHaveAttribute('aria-valuenow', '50')
})

test('the left panel and the inspector split above one another, by hand, by keys and from all commands', async ({ app }) => {
  await app.getByTestId('run-template-answer-from-documents').click()
  await whenDone(app)
  const left = { first: app.getByTestId('left-first'), second: app.getByTestId('left-second') }
  await left.first.getByRole('button', { name: 'Split the left panel' }).click()
  // the keys go to the new half: what is there, and the arrows choose another tab
  await expect(tab(left.second, 'Outline')).toBeFocused()
  await expect(left.second.getByTestId('outline')).toBeVisible()
  await expect(left.first.getByTestId('nodes-panel')).toBeVisible()
  await app.keyboard.press('ArrowLeft')
  await isChosen(left.second, 'Library')
  await app.keyboard.press('Control+f')
  await expect(left.second.getByTestId('outline').getByRole('textbox')).toBeFocused()

  // params above, output below
  await app.getByTestId('node-writer').locator('header').click()
  await command(app, 'Split the inspector')
  const inspector = { first: app.getByTestId('inspector-first'), second: app.getByTestId('inspector-second') }
  await isChosen(inspector.first, 'Params')
  await isChosen(inspector.second, 'Output')
  await expect(inspector.first.getByTestId('param-maxTokens')).toBeVisible()
  await expect(inspector.second.locator('.value-text').first()).toBeVisible()
  const grip = app.getByRole('separator', { name: 'Height of the inspector’s second half' })
  const above = (await inspector.first.boundingBox())?.height ?? 0
  await grip.focus()
  await app.keyboard.press('ArrowDown')
  await expect.poll(async () => (await inspector.first.boundingBox())?.height).toBeGreaterThan(above + 10)

  // by the pointer
  const box = await grip.boundingBox()
  const held = (await inspector.second.boundingBox())?.height ?? 0
  await app.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 3)
  await app.mouse.down()
  await app.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) - 60, { steps: 4 })
  await app.mouse.up()
  await expect.poll(async () => (await inspector.second.boundingBox())?.height).toBeGreaterThan(held + 40)

  // a tab that is asked for is shown where it is, or in the half that was used last
  await command(app, 'Inspector: Why')
  await isChosen(inspector.second, 'Why')
  await isChosen(inspector.first, 'Params')

  // another node has the same halves, and so has the graph when it is opened again
  await app.reload()
  await app.locator('.graph-open').first().click()
  await app.getByTestId('node-ask').locator('header').click()
  await isChosen(inspector.first, 'Params')
  await isChosen(inspector.second, 'Why')
  await expect(left.second.getByTestId('outline')).toBeVisible()
  await command(app, 'Split the left panel')
  await expect(left.second).toBeHidden()
})

test('where there is no room for two halves one is seen, and the other is a press away', async ({ app }) => {
  await app.setViewportSize({ width: 1024, height: 700 })
  await app.getByTestId('run-template-mix-token-by-token').click()
  await whenDone(app)
  await app.keyboard.press('Control+`')
  const left = { first: app.getByTestId('left-first'), second: app.getByTestId('left-second') }
  await left.first.getByRole('button', { name: 'Split the left panel' }).click()
  for (const half of [left.first, left.second]) expect((await half.boundingBox())?.height).toBeGreaterThanOrEqual(120)
  await app.setViewportSize({ width: 1024, height: 480 })
  await expect(left.second.or(left.first)).toHaveCount(1)
  await isChosen(left.second, 'Outline')
  await left.second.getByRole('button', { name: 'Show the other half: Nodes' }).click()
  await isChosen(left.first, 'Nodes')
  await expect(left.second).toBeHidden()
  await app.setViewportSize({ width: 1024, height: 700 })
  await expect(left.second).toBeVisible()
})
