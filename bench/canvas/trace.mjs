import { openFile } from './page.mjs'

/** Two toys mixed write a JSON array that may not end before 5,000 tokens are there: a trace with two sources and the result at every token. */
const long = {
  format: 'tributary/graph',
  version: 1,
  id: 'long-trace',
  name: 'Five thousand tokens',
  interface: { inputs: {}, outputs: {} },
  models: { first: { catalog: 'toy-math' }, second: { catalog: 'toy-facts' } },
  nodes: {
    prompt: { type: 'text', v: 1, params: { text: 'q: what is 7 plus 5? a:' } },
    first: { type: 'model-distribution', v: 1, params: { model: 'model:first' } },
    second: { type: 'model-distribution', v: 1, params: { model: 'model:second' } },
    mix: { type: 'op-linear-mix', v: 1, params: { weights: [1, 1] } },
    write: {
      type: 'decoder',
      v: 1,
      seed: 4,
      params: { maxTokens: 5000, temperature: 1, jsonSchema: { type: 'array', items: { type: 'string' }, minItems: 1800 } },
    },
  },
  wires: [
    { from: 'prompt.text', to: 'first.prompt' },
    { from: 'prompt.text', to: 'second.prompt' },
    { from: 'first.distribution', to: 'mix.models#0' },
    { from: 'second.distribution', to: 'mix.models#1' },
    { from: 'mix.distribution', to: 'write.distribution' },
  ],
  subgraphs: {},
  ui: { nodes: {}, frames: [], notes: [], viewport: [0, 0, 1] },
}

/** Milliseconds from the press on “Tokens” to the frame in which its first chips are drawn: the first time (the trace is fetched) and again. */
export async function openTrace(page) {
  await openFile(page, long)
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('run-status').getByText('5,000 tokens').waitFor({ timeout: 240_000 })
  await page.keyboard.press('Control+`')
  await page.getByRole('tab', { name: 'Timeline' }).click()
  const times = []
  for (let i = 0; i < 6; i++) {
    await page.getByRole('tab', { name: 'Timeline' }).click()
    await page.waitForTimeout(300)
    times.push(await page.evaluate(pressAndWait))
  }
  const summary = await page.getByTestId('tokens-summary').textContent()
  if (!summary?.includes('5,000')) throw new Error(`not the whole trace is there: ${summary}`)
  const again = times.slice(1).sort((a, b) => a - b)
  return { tokens: 5000, firstMs: Math.round(times[0]), againMs: Math.round(again[2]) }
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
