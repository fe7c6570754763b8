import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from '@playwright/test'

/** A data folder (its own, or one that stays) and a `tributary serve` on it, and a Chromium on that; ended whatever happens in `use`. */
export async function withPage(use, kept) {
  const home = kept ?? (await mkdtemp(join(tmpdir(), 'tributary-bench-canvas-')))
  const { child, url } = await startServe(home)
  const executablePath = systemChromium()
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    return await use(page, browser, url)
  } finally {
    await browser.close()
    child.kill('SIGTERM')
    await new Promise((gone) => child.once('exit', gone))
    if (kept === undefined) await rm(home, { recursive: true, force: true })
  }
}

async function startServe(home) {
  const child = spawn(resolve('node_modules/node/bin/node'), [resolve('tools/tributary.mjs'), '--home', home, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise((found) =>
    child.stdout.on('data', (chunk) => {
      const match = /http:\/\/\S+/.exec(String(chunk))
      if (match) found(match[0])
    }),
  )
  return { child, url }
}

function systemChromium() {
  try {
    return execFileSync('which', [process.env.TRIBUTARY_CHROMIUM || 'chromium'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

export async function arrive(page, url) {
  await page.goto(url)
  await page.locator('[data-testid^="run-template-"]').first().waitFor()
}

/** Opens a graph as a file that a person chooses. Milliseconds until its cards are drawn. */
export async function openFile(page, document) {
  const chooser = page.waitForEvent('filechooser')
  await page.keyboard.press('Control+o')
  const chosen = await chooser
  const opening = Date.now()
  await chosen.setFiles({ name: 'large.trib.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(document)) })
  await page.locator('.react-flow__node').first().waitFor()
  await page.evaluate(nextFrame)
  await page.evaluate(nextFrame)
  return Date.now() - opening
}

/** One move of the hand, one frame: the trace is cut where this one says. */
export const nextFrame = () =>
  new Promise((drawn) =>
    requestAnimationFrame(() => {
      console.timeStamp('frame')
      drawn()
    }),
  )
