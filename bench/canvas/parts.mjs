import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { measureFrames, percentile, round } from './frames.mjs'
import { gridGraph } from './graph.mjs'
import { arrive, nextFrame, openFile } from './page.mjs'

/** One card is dragged about; everything else should stand still and cost nothing. */
async function drag(page, browser, middle, frames) {
  const node = page.locator(`[data-testid="node-${middle}"]`)
  await node.waitFor()
  const box = await node.boundingBox()
  const at = { x: box.x + box.width / 2, y: box.y + Math.min(12, box.height / 5) }
  await page.mouse.move(at.x, at.y)
  await page.mouse.down()
  await page.mouse.move(at.x + 8, at.y + 8, { steps: 4 })
  const before = await page.evaluate(() => window.tributaryRenderCounts())
  const measured = await measureFrames(page, browser, frames, (i) =>
    page.mouse.move(at.x + 8 + 120 * Math.sin(i / 9), at.y + 8 + 80 * Math.cos(i / 7)),
  )
  const after = await page.evaluate(() => window.tributaryRenderCounts())
  const moved = await node.boundingBox()
  await page.mouse.up()
  if (Math.hypot(moved.x - box.x, moved.y - box.y) < 5) throw new Error('the node did not follow the hand')
  const unrelatedCardsDrawnAgain = Object.keys(after).filter((id) => id !== middle && after[id] !== (before[id] ?? 0)).length
  return { mounted: await page.locator('.react-flow__node').count(), ...measured, unrelatedCardsDrawnAgain }
}

/** The canvas is pushed about with the middle button. */
async function pan(page, browser, frames) {
  const box = await page.locator('[data-testid="canvas"]').boundingBox()
  const at = { x: box.x + box.width / 2, y: box.y + box.height - 30 }
  await page.mouse.move(at.x, at.y)
  await page.mouse.down({ button: 'middle' })
  const measured = await measureFrames(page, browser, frames, (i) =>
    page.mouse.move(at.x + 160 * Math.sin(i / 12), at.y - 90 + 90 * Math.cos(i / 10)),
  )
  await page.mouse.up({ button: 'middle' })
  return { mounted: await page.locator('.react-flow__node').count(), ...measured }
}

/** Open, then drag and pan: once with as much of the graph on the screen as fits, once at a size at which it can be read. */
export async function motion(page, browser, url, { nodes, frames }) {
  await arrive(page, url)
  const { document, middle } = gridGraph(nodes)
  const openMs = await openFile(page, document)
  await page.keyboard.press('1')
  await page.waitForTimeout(500)
  const dragFar = await drag(page, browser, middle, frames)
  const panFar = await pan(page, browser, frames)
  await page.keyboard.press('Control+z')
  await page.keyboard.press('1')
  await page.waitForTimeout(400)
  const box = await page.locator(`[data-testid="node-${middle}"]`).boundingBox()
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 6)
  await page.keyboard.press('f')
  await page.waitForTimeout(500)
  return {
    nodes,
    wires: document.wires.length,
    openMs,
    dragFar,
    panFar,
    dragNear: await drag(page, browser, middle, frames),
    panNear: await pan(page, browser, frames),
  }
}

const tokensPerSecond = 60

/** Four cards get tokens, sixty a second each, through the socket; meanwhile somebody types into a field. Milliseconds from a key to the frame that shows it. */
export async function typing(page, _browser, url, { keys = 60 } = {}) {
  const run = 'r_bench'
  let toPage
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((text) => {
      const message = JSON.parse(text)
      const answer = { 'runs.start': { run }, 'runs.watch': null }[message.method]
      if (answer === undefined) server.send(text)
      else socket.send(JSON.stringify({ id: message.id, ok: true, result: answer }))
    })
    toPage = (payload) => socket.send(JSON.stringify({ push: 'run.events', payload }))
  })
  await arrive(page, url)
  const { document } = gridGraph(300)
  await openFile(page, document)
  await page.keyboard.press('Control+Enter')
  const streaming = Object.keys(document.nodes).slice(0, 4)
  let seq = 0
  const send = (...events) => toPage({ run, events: events.map((event) => ({ e: 1, seq: seq++, t: seq * 4, run, ...event })) })
  send({ type: 'run.start', graph: 'g', graphHash: '', inputsHash: '', seed: 1, device: 'cpu' })
  send(...streaming.map((node) => ({ type: 'node.start', node, attempt: 1, seed: 1, reason: '' })))
  const token = () => send(...streaming.map((node) => ({ type: 'token', node, text: ' word', tokens: 1, accepted: 0, rejected: 0 })))
  const stream = setInterval(token, 1000 / tokensPerSecond)
  await page.locator(`[data-testid="node-${streaming[0]}"]`).locator('header').click({ force: true })
  const field = page.locator('[data-testid="inspector"] textarea, [data-testid="inspector"] input.field').first()
  await field.click()
  await page.evaluate(() => {
    window.latencies = []
    window.addEventListener(
      'keydown',
      (event) => requestAnimationFrame(() => setTimeout(() => window.latencies.push(performance.now() - event.timeStamp), 0)),
      true,
    )
  })
  for (let i = 0; i < keys; i++) await page.keyboard.press('abcdefgh '[i % 9], { delay: 30 })
  await page.waitForTimeout(200)
  clearInterval(stream)
  const latencies = (await page.evaluate(() => window.latencies)).sort((a, b) => a - b)
  const text = await page.locator(`[data-testid="node-${streaming[0]}"]  :is([data-testid="live-text"], .far-text)`).textContent()
  if (!text?.includes('word word')) throw new Error('no text came to the card')
  return {
    keys: latencies.length,
    tokensSent: seq - 6,
    latencyMs: { median: round(percentile(latencies, 0.5)), p95: round(percentile(latencies, 0.95)), worst: round(latencies.at(-1) ?? 0) },
  }
}

/** What is left on the heap when a stored graph of 300 nodes was opened and closed fifty times: a list of more graphs is no leak, so it is the same one. */
export async function memory(page, _browser, url, { graphs = 50 } = {}) {
  await arrive(page, url)
  const { document } = gridGraph(300)
  const devtools = await page.context().newCDPSession(page)
  const close = async () => {
    await page.keyboard.press('Alt+w')
    await page.locator('[data-testid="home"]').waitFor()
  }
  const openAndClose = async () => {
    await page.getByTestId('home').getByText(document.name, { exact: true }).first().click()
    await page.locator('.react-flow__node').first().waitFor()
    await page.evaluate(nextFrame)
    await close()
  }
  const heap = async () => {
    await page.waitForTimeout(400)
    await devtools.send('HeapProfiler.collectGarbage')
    return (await devtools.send('Runtime.getHeapUsage')).usedSize
  }
  await openFile(page, document)
  await close()
  for (let i = 0; i < 5; i++) await openAndClose()
  const before = await heap()
  for (let i = 0; i < graphs; i++) await openAndClose()
  const after = await heap()
  return { graphs, beforeMB: round(before / 1e6), afterMB: round(after / 1e6), growth: round(after / before - 1) }
}

/** Bytes of what the window loads, as files and compressed. */
export async function bundle() {
  const folder = resolve('out/renderer/assets')
  const files = (await readdir(folder)).filter((name) => /\.(js|css)$/.test(name))
  const sizes = await Promise.all(
    files.map(async (name) => {
      const bytes = await readFile(resolve(folder, name))
      return { name, bytes: bytes.length, gzip: gzipSync(bytes).length }
    }),
  )
  sizes.sort((a, b) => b.bytes - a.bytes)
  const sum = (key) => sizes.reduce((total, file) => total + file[key], 0)
  const start = sizes.filter(({ name }) => name.startsWith('index-'))
  return {
    files: sizes.length,
    kB: Math.round(sum('bytes') / 1000),
    gzipKB: Math.round(sum('gzip') / 1000),
    startGzipKB: Math.round(start.reduce((total, file) => total + file.gzip, 0) / 1000),
    largest: sizes.slice(0, 4).map(({ name, gzip }) => `${name} ${Math.round(gzip / 1000)} kB`),
  }
}
