import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { test as base, expect, type Locator, type Page } from '@playwright/test'

/** Every story gets a house of its own: a fresh data folder, `tributary serve` on a free port, and a page that has the key. */
export interface House {
  readonly home: string
  readonly url: string
  /** the page's address without the key */
  readonly origin: string
  readonly process: ChildProcess
}

const node = resolve('node_modules/node/bin/node')
const command = resolve('tools/tributary.mjs')

export async function startHouse(home: string, ...args: string[]): Promise<House> {
  const child = spawn(node, [command, '--home', home, 'serve', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const url = await new Promise<string>((found, failed) => {
    child.stderr?.on('data', (chunk) => {
      said += chunk
    })
    child.stdout?.on('data', (chunk) => {
      const match = /http:\/\/\S+/.exec(String(chunk))
      if (match) found(match[0])
    })
    child.on('exit', (code) => failed(new Error(`serve ended with ${code}: ${said}`)))
  })
  return { home, url, origin: new URL(url).origin, process: child }
}

export async function stopHouse(house: House, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (house.process.exitCode !== null) return
  const gone = new Promise((done) => house.process.once('exit', done))
  house.process.kill(signal)
  await gone
}

/** The command line on the same data folder. */
export async function tributary(home: string, ...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(node, [command, '--home', home, ...args], { maxBuffer: 64 * 1024 * 1024 })
    return { stdout, stderr, code: 0 }
  } catch (thrown) {
    const failed = thrown as { stdout: string; stderr: string; code: number }
    return { stdout: failed.stdout, stderr: failed.stderr, code: failed.code }
  }
}

export const test = base.extend<{ house: House; app: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from the pattern
  house: async ({}, use) => {
    const home = await mkdtemp(join(tmpdir(), 'tributary-story-'))
    const house = await startHouse(home)
    await use(house)
    await stopHouse(house)
    await rm(home, { recursive: true, force: true })
  },
  app: async ({ page, house }, use) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(house.url)
    await expect(page.getByTestId('home')).toBeVisible()
    await use(page)
    expect(faults, 'errors in the page').toEqual([])
  },
})

export { expect }

export const card = (page: Page, id: string): Locator => page.getByTestId(`node-${id}`)
export const output = (page: Page, name: string): Locator => page.getByTestId(`value-=${name}`)
export const port = (page: Page, node: string, name: string, side: 'in' | 'out'): Locator =>
  page.getByTestId(`port-${node}-${side}:${name}`)

/** Opens the palette on the empty canvas and adds the node that the search finds first. */
export async function addNode(page: Page, search: string, at: { x: number; y: number }): Promise<void> {
  const canvas = page.getByTestId('canvas')
  await canvas.dblclick({ position: at })
  await page.getByTestId('quick-palette').getByRole('combobox').fill(search)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('quick-palette')).toBeHidden()
}

/** Drags a wire from an output to an input as a hand would: press, move in steps, let go. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const start = await centre(from)
  const end = await centre(to)
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 6 })
  await page.mouse.move(end.x, end.y, { steps: 6 })
  await page.mouse.up()
}

export async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox()
  if (!box) throw new Error(`${locator} is not on the screen`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

export const run = (page: Page): Promise<void> => page.keyboard.press('Control+Enter')
export const whenDone = (page: Page): Promise<void> => expect(page.getByTestId('run-status')).toContainText('done', { timeout: 60_000 })
