import type { Page } from '@playwright/test'
import { expect, newGraph, test } from './house'

const graphTab = (app: Page, name: string) => app.getByRole('tab', { name, exact: true })

test('with ten graphs open names can be read, the one in front is in sight, and a list has them all', async ({ app }) => {
  await app.setViewportSize({ width: 1024, height: 700 })
  const row = app.locator('.tabs')
  for (let i = 1; i <= 10; i++) {
    if (i > 1) await app.getByTestId('new-graph').click()
    else await newGraph(app)
    await expect(row.getByRole('tab')).toHaveCount(i)
    await expect(row.getByRole('tab').last()).toHaveAttribute('aria-selected', 'true')
    await app.keyboard.press('Control+Alt+\\') // a new graph has the inspector closed
    const name = app.getByTestId('inspector').getByLabel('Name of the graph')
    await expect(name).toHaveValue('')
    await name.fill(`Pipeline number ${i}`)
    await expect(graphTab(app, `Pipeline number ${i}`)).toHaveAttribute('aria-selected', 'true')
  }
  const inSight = async (name: string) => {
    await expect
      .poll(async () => {
        const [tab, place] = [await graphTab(app, name).boundingBox(), await row.boundingBox()]
        return tab && place ? tab.x >= place.x - 1 && tab.x + tab.width <= place.x + place.width + 1 : false
      })
      .toBe(true)
  }
  await inSight('Pipeline number 10')
  for (const tab of await row.getByRole('tab').all()) expect((await tab.boundingBox())?.width).toBeGreaterThanOrEqual(110)

  // by the list, from the keyboard
  const all = app.getByRole('button', { name: 'All 10 open graphs' })
  await all.focus()
  await app.keyboard.press('Enter')
  await expect(app.getByRole('menuitem')).toHaveCount(10)
  await app.keyboard.press('Home')
  await app.keyboard.press('ArrowDown')
  await expect(app.getByRole('menuitem', { name: 'Pipeline number 2' })).toBeFocused()
  await app.keyboard.press('Enter')
  await expect(graphTab(app, 'Pipeline number 2')).toHaveAttribute('aria-selected', 'true')
  await inSight('Pipeline number 2')

  // along the row by arrows; Delete closes, and the neighbour is next
  await graphTab(app, 'Pipeline number 2').focus()
  await app.keyboard.press('End')
  await expect(graphTab(app, 'Pipeline number 10')).toBeFocused()
  await app.keyboard.press('ArrowLeft')
  await app.keyboard.press('Delete')
  await expect(graphTab(app, 'Pipeline number 9')).toHaveCount(0)
  await expect(graphTab(app, 'Pipeline number 10')).toBeFocused()
  await app.keyboard.press('Home')
  await app.keyboard.press('Enter')
  await expect(graphTab(app, 'Pipeline number 1')).toHaveAttribute('aria-selected', 'true')
  await inSight('Pipeline number 1')
})
