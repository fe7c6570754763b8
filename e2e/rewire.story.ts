import type { Page } from '@playwright/test'
import { addNode, card, carry, centre, drag, dropOnEmpty, expect, newGraph, palette, port, test, wire, wires } from './house'

async function twoTextsAndASplit(page: Page): Promise<void> {
  await newGraph(page)
  await addNode(page, 'text', { x: 20, y: 40 })
  await addNode(page, 'split text', { x: 450, y: 40 })
  await addNode(page, 'retriever', { x: 450, y: 300 })
  await drag(page, port(page, 'text', 'text', 'out'), port(page, 'split-text', 'text', 'in'))
  await expect(wires(page)).toHaveCount(1)
}

test('dragging off a connected input takes the wire along to another input', async ({ app }) => {
  await twoTextsAndASplit(app)
  await drag(app, port(app, 'split-text', 'text', 'in'), port(app, 'retriever', 'query', 'in'))
  await expect(wire(app, 'text.text', 'retriever.query')).toBeAttached()
  await expect(wires(app)).toHaveCount(1)
  await app.getByTestId('undo').click()
  await expect(wire(app, 'text.text', 'split-text.text')).toBeAttached()
  await expect(wires(app)).toHaveCount(1)
})

test('a wire that is pulled off and dropped on empty canvas is gone, and no palette opens', async ({ app }) => {
  await twoTextsAndASplit(app)
  await dropOnEmpty(app, port(app, 'split-text', 'text', 'in'), { x: 200, y: 600 })
  await expect(wires(app)).toHaveCount(0)
  await expect(palette(app)).toBeHidden()
  await app.getByTestId('undo').click()
  await expect(wires(app)).toHaveCount(1)
})

test('a node that is dropped on a wire is spliced into it', async ({ app }) => {
  await twoTextsAndASplit(app)
  await addNode(app, 'join texts', { x: 30, y: 420 })
  const head = await centre(card(app, 'join-text').locator('header'))
  const joined = await centre(card(app, 'join-text'))
  const a = await centre(card(app, 'text'))
  const b = await centre(card(app, 'split-text'))
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
  await carry(app, head, { x: middle.x + head.x - joined.x, y: middle.y + head.y - joined.y })
  await expect(wire(app, 'text.text', 'join-text.texts')).toBeAttached()
  await expect(wire(app, 'join-text.text', 'split-text.text')).toBeAttached()
  await expect(wires(app)).toHaveCount(2)
})
