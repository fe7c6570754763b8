import { addNode, canvas, card, carry, centre, expect, newGraph, test } from './house'

/** As it moves for most people. */
test.use({ contextOptions: { reducedMotion: 'no-preference' } })

test('who moves by mouse pans by dragging and zooms by the wheel; Shift keeps a dragged card to the grid', async ({ app }) => {
  await app.getByTestId('go-settings').click()
  await app.getByRole('combobox', { name: 'Navigation' }).selectOption('mouse-first')
  await app.getByTestId('go-home').click()
  await newGraph(app)
  await addNode(app, 'text', { x: 300, y: 200 })
  const before = await centre(card(app, 'text'))
  const box = await canvas(app).boundingBox()
  const free = { x: (box?.x ?? 0) + 500, y: (box?.y ?? 0) + 600 }
  await carry(app, free, { x: free.x + 120, y: free.y - 80 })
  await expect.poll(async () => Math.round((await centre(card(app, 'text'))).x - before.x)).toBe(120)
  const wide = (await card(app, 'text').boundingBox())?.width ?? 0
  await app.mouse.move(free.x, free.y)
  await app.mouse.wheel(0, -300)
  await expect.poll(async () => (await card(app, 'text').boundingBox())?.width ?? 0).toBeGreaterThan(wide * 1.1)
  await app.keyboard.press('0')
  await expect.poll(async () => (await card(app, 'text').boundingBox())?.width ?? 0).toBeCloseTo(wide, 0)
  const head = await centre(card(app, 'text').locator('header'))
  await app.mouse.move(head.x, head.y)
  await app.mouse.down()
  await app.mouse.move(head.x + 30, head.y + 20, { steps: 4 })
  await app.keyboard.down('Shift')
  await app.mouse.move(head.x + 61, head.y + 37, { steps: 4 })
  await app.mouse.up()
  await app.keyboard.up('Shift')
  // the place is written when the hand has let go and the canvas was drawn again
  const offGrid = () =>
    card(app, 'text').evaluate((element) => {
      const node = element.closest('.react-flow__node') as HTMLElement
      const place = /translate\((-?[\d.]+)px, ?(-?[\d.]+)px\)/.exec(node.style.transform)
      return [Number(place?.[1]) % 22, Number(place?.[2]) % 22]
    })
  await expect.poll(offGrid).toEqual([0, 0])
})
