import { measureFrames, round } from './frames.mjs'
import { arrive, nextFrame, openFile } from './page.mjs'

/** SmolLM2 under two prompts, mixed: a trace with two sources and the result at every token. The run is kept: once it was made in a data folder, it comes from there. */
const long = {
  format: 'tributary/graph',
  version: 1,
  id: 'long-trace',
  name: 'Five thousand tokens',
  interface: { inputs: {}, outputs: {} },
  models: { writer: { catalog: 'smollm2-135m-instruct' } },
  nodes: {
    story: {
      type: 'text',
      v: 1,
      params: {
        text: `One thousand short stories about a lighthouse keeper, numbered.

1. The keeper climbed the stairs before dawn and lit the lamp, for a ship was lost in the fog.
2. On the first day of winter the keeper wrote to his sister, who lived in the harbour town.
3.`,
      },
    },
    diary: {
      type: 'text',
      v: 1,
      params: {
        text: `One thousand entries of a sailor's diary, numbered.

1. We left the harbour at dawn with a cargo of salt, and the wind was fair.
2. The captain saw a light far to the north, and nobody could tell whose it was.
3.`,
      },
    },
    first: { type: 'model-distribution', v: 1, params: { model: 'model:writer', template: 'raw' } },
    second: { type: 'model-distribution', v: 1, params: { model: 'model:writer', template: 'raw' } },
    mix: { type: 'op-linear-mix', v: 1, params: { weights: [1, 1] } },
    // the likeliest token always: sooner or later it repeats itself, and so it never comes to an end of its own
    write: { type: 'decoder', v: 1, seed: 4, params: { maxTokens: 5200, temperature: 0 } },
  },
  wires: [
    { from: 'story.text', to: 'first.prompt' },
    { from: 'diary.text', to: 'second.prompt' },
    { from: 'first.distribution', to: 'mix.models#0' },
    { from: 'second.distribution', to: 'mix.models#1' },
    { from: 'mix.distribution', to: 'write.distribution' },
  ],
  subgraphs: {},
  ui: { nodes: {}, frames: [], notes: [], viewport: [0, 0, 1] },
}

/** Milliseconds from the press on “Tokens” to the frame with its first chips, first (the trace is fetched) and again; script of frames while the text scrolls and the pointer runs over it; the heap. */
export async function trace(page, browser, url, { frames }) {
  await arrive(page, url)
  await openFile(page, long)
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-testid="run-status"][data-status="done"]').waitFor({ timeout: 900_000 })
  await page.keyboard.press('Control+`')
  const before = await heap(page)
  const times = []
  for (let i = 0; i < 6; i++) {
    await page.getByRole('tab', { name: 'Timeline' }).click()
    await page.waitForTimeout(300)
    times.push(await page.evaluate(pressAndWait))
  }
  const after = await heap(page)
  const summary = await page.getByTestId('tokens-summary').textContent()
  const again = times.slice(1).sort((a, b) => a - b)
  const box = await page.locator('.token-scroll').boundingBox()
  await page.mouse.move(box.x + 40, box.y + box.height / 2)
  const scroll = await measureFrames(page, browser, frames, () => page.mouse.wheel(0, 90))
  const point = await measureFrames(page, browser, frames, (i) =>
    page.mouse.move(box.x + 40 + ((i * 23) % (box.width - 80)), box.y + box.height / 2 + 20 * Math.sin(i / 5)),
  )
  await page.evaluate(nextFrame)
  return {
    summary,
    firstMs: round(times[0]),
    againMs: round(again[2]),
    chipsDrawn: await page.locator('.token').count(),
    heapMB: { before: round(before / 1e6), after: round(after / 1e6) },
    scroll,
    point,
  }
}

async function heap(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}

const pressAndWait = () =>
  new Promise((done) => {
    const tab = [...document.querySelectorAll('[role="tab"]')].find((element) => element.textContent === 'Tokens')
    const from = performance.now()
    for (const type of ['mousedown', 'mouseup', 'click']) tab.dispatchEvent(new MouseEvent(type, { bubbles: true, button: 0 }))
    const look = () => {
      if (document.querySelector('[data-testid="token-0"]')) requestAnimationFrame(() => done(performance.now() - from))
      else requestAnimationFrame(look)
    }
    look()
  })
