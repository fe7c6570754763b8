import type { Page } from '@playwright/test'
import { atRest, card, expect, graphWith, openFile, run, test, whenDone } from './house'

const text = (words: string) => ({ type: 'text', v: 1, params: { text: words } })

/** Three texts that stand askew, and a chain: prompt → ask → shout. */
const askew = graphWith({
  interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'ask.text' } } },
  nodes: {
    a: text('one'),
    b: text('two'),
    c: text('three\nlines\nof text'),
    prompt: text('q: what is the capital of france? a:'),
    ask: { type: 'language-model', v: 1, params: { model: 'model:facts', maxTokens: 24 }, seed: 7 },
    lost: { type: 'language-model', v: 1, params: { model: 'model:gone' } },
  },
  models: { facts: { catalog: 'toy-facts' }, gone: { catalog: 'no-such-model' } },
  wires: [{ from: 'prompt.text', to: 'ask.prompt' }],
  ui: {
    nodes: {
      a: { x: 0, y: 0 },
      b: { x: 37, y: 190 },
      c: { x: 11, y: 431 },
      prompt: { x: 420, y: 0 },
      ask: { x: 740, y: 0 },
      lost: { x: 740, y: 330 },
      '=answer': { x: 1060, y: 0 },
    },
    frames: [],
    notes: [],
  },
})

const boxes = async (page: Page) => {
  const of = async (id: string) => (await card(page, id).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  return Promise.all([of('a'), of('b'), of('c')])
}
/** The greatest difference between what a measure gives for the three. */
const spread = async (page: Page, measure: (box: { x: number; y: number; width: number; height: number }) => number) => {
  const values = (await boxes(page)).map(measure)
  return Math.round(Math.max(...values) - Math.min(...values))
}
const chord = async (page: Page, first: string, second: string) => {
  await page.keyboard.press(first)
  await page.keyboard.press(second)
}
const pick = async (page: Page, ...ids: string[]) => {
  await page.keyboard.press('Escape')
  for (const [i, id] of ids.entries())
    await card(page, id)
      .locator('header')
      .click(i === 0 ? {} : { modifiers: ['Control'] })
}
const undo = (page: Page) => page.getByTestId('undo').click()

test('chords line up, distribute and put on the grid', async ({ app }) => {
  await openFile(app, askew)
  await pick(app, 'a', 'b', 'c')
  await atRest(card(app, 'c'))
  const loose = await boxes(app)
  const undone = async () => {
    await undo(app)
    await expect.poll(() => boxes(app)).toEqual(loose)
  }
  for (const [key, measure] of [
    ['l', ({ x }) => x],
    ['r', ({ x, width }) => x + width],
    ['t', ({ y }) => y],
    ['b', ({ y, height }) => y + height],
    ['c', ({ x, width }) => x + width / 2],
    ['m', ({ y, height }) => y + height / 2],
  ] as const satisfies readonly (readonly [string, (box: { x: number; y: number; width: number; height: number }) => number])[]) {
    const before = await spread(app, measure)
    await chord(app, 'Alt+a', key)
    await expect.poll(() => spread(app, measure), `Alt+A ${key}, from ${before}`).toBeLessThanOrEqual(1)
    await undo(app)
    await expect.poll(() => spread(app, measure)).toBe(before)
  }
  const gaps = async () => {
    const [a, b, c] = await boxes(app)
    return Math.round(Math.abs(b.y - (a.y + a.height) - (c.y - (b.y + b.height))))
  }
  expect(await gaps()).toBeGreaterThan(5)
  await chord(app, 'Alt+a', 'v')
  await expect.poll(gaps).toBeLessThanOrEqual(2)
  await undone()
  await chord(app, 'Alt+a', 'h')
  const steps = async () => {
    const [a, b, c] = (await boxes(app)).sort((p, q) => p.x - q.x)
    return Math.round(Math.abs((b?.x ?? 0) - (a?.x ?? 0) - ((c?.x ?? 0) - (b?.x ?? 0))))
  }
  await expect.poll(steps).toBeLessThanOrEqual(2)
  await undone()
  await chord(app, 'Alt+a', 'g')
  await expect.poll(async () => (await boxes(app))[1].x).not.toBe(loose[1].x)
  // a first key that is not followed in time, or by another key, does nothing
  await undone()
  await chord(app, 'Alt+a', 'q')
  await atRest(card(app, 'b'))
  expect(await boxes(app)).toEqual(loose)
})

test('chords select what feeds a node, and all that hangs together', async ({ app }) => {
  await openFile(app, askew)
  const selected = app.locator('.react-flow__node.selected')
  await pick(app, 'ask')
  await chord(app, 'Alt+s', 'u')
  await expect(selected).toHaveCount(2)
  await pick(app, 'prompt')
  await chord(app, 'Alt+s', 'c')
  await expect(selected).toHaveCount(2)
  await expect(selected.filter({ has: card(app, 'ask') })).toHaveCount(1)
})

test('filters narrow the list of nodes: what is invalid, stale, failed, and what uses a model', async ({ app }) => {
  await openFile(app, askew)
  await run(app)
  await whenDone(app)
  await app.keyboard.press('Control+f')
  const outline = app.getByTestId('outline')
  const field = outline.getByRole('textbox')
  const entries = outline.locator('.entry')
  await field.fill('is:invalid')
  await expect(entries).toHaveCount(1)
  await expect(entries).toContainText('lost')
  await field.fill('uses:toy-facts')
  await expect(entries).toHaveCount(1)
  await expect(entries).toContainText('ask')
  await field.fill('uses:toy-facts is:invalid')
  await expect(entries).toHaveCount(0)
  await field.fill('')
  await outline.getByRole('button', { name: 'is:stale' }).click()
  await expect(entries).toHaveCount(0)
  await card(app, 'prompt').getByRole('textbox').fill('q: what is the capital of italy? a:')
  await expect(entries.filter({ hasText: 'ask' })).toHaveCount(1)
  await expect(entries.filter({ hasText: 'lost' })).toHaveCount(0)
})
