import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { test as base, expect, type FileChooser, type Locator, type Page } from '@playwright/test'

/**
 * Every story gets a house of its own: a fresh data folder, `tributary serve` on a free port, and a page that has the key.
 *
 * Stories hold on machines that are much faster and much slower than the one they were written on: what a story must see is made to last (many rows, long texts, a
 * node that is held), never caught in passing; nothing waits for a length of time; and what is pressed next waits for what was pressed before (`run`, `whenDone`).
 */
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

/** Ends a house. One that was asked to end and does not within ten seconds is a fault of the product, and is killed. */
export async function stopHouse({ process: child }: House, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<'gone'>((done) => child.once('exit', () => done('gone')))
  child.kill(signal)
  const patience = timer(10_000)
  const ended = await Promise.race([gone, patience.over])
  patience.cancel()
  if (ended === 'gone') return
  child.kill('SIGKILL')
  await gone
  throw new Error(`serve did not end within ten seconds of ${signal}`)
}

function timer(ms: number): { over: Promise<'over'>; cancel(): void } {
  let handle: NodeJS.Timeout | undefined
  const over = new Promise<'over'>((done) => {
    handle = setTimeout(() => done('over'), ms)
  })
  return { over, cancel: () => clearTimeout(handle) }
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

export interface Story {
  house: House
  /** the window, open at home, with the catalogue there */
  app: Page
  /** errors that a story brings about on purpose, such as a lost line to a house that it kills */
  expectedFaults: RegExp | undefined
}

export const test = base.extend<Story>({
  expectedFaults: [undefined, { option: true }],
  house: async ({ browserName: _ }, use) => {
    const home = await mkdtemp(join(tmpdir(), 'tributary-story-'))
    const house = await startHouse(home)
    try {
      await use(house)
    } finally {
      await stopHouse(house).finally(() => rm(home, { recursive: true, force: true }))
    }
  },
  app: async ({ page, house, expectedFaults }, use) => {
    const faults = watchFaults(page, expectedFaults)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: house.origin })
    await arrive(page, house.url)
    await use(page)
    expect(faults, 'errors in the page').toEqual([])
  },
})

/** Errors of a page that nobody expected: thrown, or written to the console. */
export function watchFaults(page: Page, expected?: RegExp): string[] {
  const faults: string[] = []
  const note = (text: string) => {
    if (!expected?.test(text)) faults.push(text)
  }
  page.on('pageerror', (error) => note(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') note(message.text())
  })
  return faults
}

/** Opens the address that serve printed and waits for the home with its templates. */
export async function arrive(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await expect(page.getByTestId('home')).toBeVisible()
  await expect(page.locator('[data-testid^="run-template-"]').first()).toBeVisible({ timeout: 30_000 })
}

export { expect }

export const card = (page: Page, id: string): Locator => page.getByTestId(`node-${id}`)
export const output = (page: Page, name: string): Locator => page.getByTestId(`value-=${name}`)
export const port = (page: Page, node: string, name: string, side: 'in' | 'out'): Locator =>
  page.getByTestId(`port-${node}-${side}:${name}`)

export const canvas = (page: Page): Locator => page.getByTestId('canvas')
export const palette = (page: Page): Locator => page.getByTestId('quick-palette')
/** A wire by its ends (`node.port`, `@input`, `=output`), as a screen reader is told of it. */
export const wire = (page: Page, from: string, to: string): Locator =>
  page.locator(`.react-flow__edge[aria-label*="from ${spoken(from)} to ${spoken(to)}"]`)
const spoken = (end: string): string => end.replace(/^([^.]+)\.(.+)$/, '$2 of $1')
export const wires = (page: Page): Locator => page.locator('.react-flow__edge')
export const cards = (page: Page): Locator => page.locator('.react-flow__node')

/** An empty graph of its own, on the screen. */
export async function newGraph(page: Page): Promise<void> {
  await page.getByTestId('home-new').click()
  await expect(canvas(page)).toBeVisible()
}

/** Opens the palette by a double-click at a place of the canvas, types, and adds what the search finds first. */
export async function addNode(page: Page, search: string, at: Point): Promise<void> {
  await canvas(page).dblclick({ position: await emptyPlace(page, at) })
  await choose(page, search)
}

/** The place of the canvas nearest to `at` where nothing lies: how tall cards are depends on fonts, and where they are on the room that the panels leave. */
export async function emptyPlace(page: Page, at: Point): Promise<Point> {
  await settled(page)
  const found = await canvas(page).evaluate((element, wanted) => {
    const box = element.getBoundingClientRect()
    const isEmpty = (x: number, y: number) =>
      x >= 0 &&
      y >= 0 &&
      x < box.width &&
      y < box.height &&
      [-4, 0, 4].every((dx) =>
        [-4, 0, 4].every((dy) => document.elementFromPoint(box.x + x + dx, box.y + y + dy)?.classList.contains('react-flow__pane')),
      )
    for (let far = 0; far < 1000; far += 10)
      for (let turn = 0; turn < 16; turn++) {
        const angle = (turn * Math.PI) / 8
        const place = { x: Math.round(wanted.x + far * Math.cos(angle)), y: Math.round(wanted.y + far * Math.sin(angle)) }
        if (isEmpty(place.x, place.y)) return place
      }
    return undefined
  }, at)
  if (!found) throw new Error('no place of the canvas is empty')
  return found
}

/** A click on the canvas itself, near a place of it. */
export async function clickEmpty(page: Page, near: Point = { x: 40, y: 640 }, modifiers: ('Control' | 'Shift')[] = []): Promise<void> {
  await canvas(page).click({ position: await emptyPlace(page, near), modifiers })
}

/**
 * Pans the canvas by the wheel until a card is wholly in sight. For what lies beside the canvas or under a panel that has opened: the browser would scroll the canvas
 * to what is clicked there, and the canvas scrolls itself back.
 */
export async function bringIn(page: Page, target: Locator): Promise<void> {
  const beyond = async () => {
    const [area, box] = [await canvas(page).boundingBox(), await target.boundingBox()]
    if (!area || !box) throw new Error(`${target} is not on the screen`)
    const off = (low: number, high: number, from: number, to: number) => (low < from ? low - from : high > to ? high - to : 0)
    // the map lies over the corner on the right
    return [off(box.x, box.x + box.width, area.x, area.x + area.width - 200), off(box.y, box.y + box.height, area.y, area.y + area.height)]
  }
  await expect(async () => {
    const [right = 0, down = 0] = await beyond()
    if (right !== 0 || down !== 0) {
      // what scrolls by itself may have come under the pointer
      await canvas(page).hover({ position: await emptyPlace(page, { x: 300, y: 300 }) })
      await page.mouse.wheel(right + 40 * Math.sign(right), down + 40 * Math.sign(down))
    }
    await settled(page)
    expect(await beyond()).toEqual([0, 0])
  }).toPass()
}

/** Types where the keys go, once they go into a field: what opens one takes a moment. */
export async function typeText(page: Page, text: string): Promise<void> {
  await expect(page.locator('input:focus, textarea:focus, [contenteditable]:focus')).toHaveCount(1)
  await page.keyboard.type(text)
}

/** Types into the open palette and takes the first. */
export async function choose(page: Page, search: string): Promise<void> {
  await palette(page).getByRole('combobox').fill(search)
  await page.keyboard.press('Enter')
  await expect(palette(page)).toBeHidden()
}

/** Pulls a wire from a port and lets it go over empty canvas, at a place of the canvas. */
export async function dropOnEmpty(page: Page, from: Locator, at: Point): Promise<void> {
  const end = await emptyPlace(page, at)
  const box = await canvas(page).boundingBox()
  if (!box) throw new Error('there is no canvas')
  await carry(page, await centre(from), { x: box.x + end.x, y: box.y + end.y })
}

/** Drags a wire from port to port. */
export const drag = async (page: Page, from: Locator, to: Locator): Promise<void> => carry(page, await centre(from), await centre(to))

/** As a hand would: press, move in steps, let go. */
export async function carry(page: Page, start: Point, end: Point): Promise<void> {
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 6 })
  await page.mouse.move(end.x, end.y, { steps: 6 })
  await page.mouse.up()
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Waits until a thing stands still on the screen, over several drawings: a zoom or a layout has come to its end. A page that is too busy to draw is not at rest. */
export async function atRest(locator: Locator): Promise<void> {
  const isStill = () =>
    locator.evaluate(async (element) => {
      const place = () => JSON.stringify(element.getBoundingClientRect())
      const before = place()
      for (let drawing = 0; drawing < 4; drawing++) await new Promise((done) => requestAnimationFrame(done))
      return place() === before
    })
  await expect.poll(isStill, { message: `${locator} does not come to rest`, intervals: [20] }).toBe(true)
}

/** The canvas has its fonts, and does not move. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await atRest(page.locator('.react-flow__viewport'))
}

export async function centre(locator: Locator): Promise<Point> {
  await atRest(locator)
  const box = await locator.boundingBox()
  if (!box) throw new Error(`${locator} is not on the screen`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Runs the graph in front, and has seen the run begin: until then the status line, the cards and `whenDone` speak of the run before. */
export const run = (page: Page): Promise<void> => runBy(page, 'Control+Enter')

/** The same by another key, e.g. the one that runs to what is selected. */
export const runBy = (page: Page, keys: string): Promise<void> => runOn(page, () => page.keyboard.press(keys))

/** The same by anything else, e.g. a button. */
export async function runOn(page: Page, act: () => Promise<void>): Promise<void> {
  const before = await runInFront(page)
  await act()
  await expect.poll(async () => ![null, before].includes(await runInFront(page)), { message: 'no run began', intervals: [50] }).toBe(true)
}

/** Asks for a run where a question comes first. */
export const askToRun = (page: Page): Promise<void> => page.keyboard.press('Control+Enter')

const runInFront = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.querySelector('[data-testid="run-status"]')?.getAttribute('data-run') ?? null)

export const whenDone = (page: Page): Promise<void> =>
  expect(page.getByTestId('run-status')).toHaveAttribute('data-status', 'done', { timeout: 60_000 })

/** The file of the graph in front, as the terminal sees it stored: its canonical text. */
export async function graphFile(house: House, page: Page): Promise<string> {
  await expect(page.getByTestId('saved')).toHaveAttribute('data-status', 'saved')
  const download = page.waitForEvent('download')
  await page.getByTestId('graph-menu').click()
  await page.getByRole('menuitem', { name: 'Export as a JSON file' }).click()
  const path = await (await download).path()
  await copyFile(path, join(house.home, 'exported.trib.json'))
  return readFile(path, 'utf8')
}

/** Takes every step back. */
export async function undoAll(page: Page): Promise<void> {
  while (await page.getByTestId('undo').isEnabled()) await page.getByTestId('undo').click()
}

/** What asks for a file, and the file. Beside another busy browser the asking can come before Chromium hands choosers over to the story: it is asked again. */
export async function chooseFiles(page: Page, ask: () => Promise<void>, files: Parameters<FileChooser['setFiles']>[0]): Promise<void> {
  await expect(async () => {
    const chooser = page.waitForEvent('filechooser', { timeout: 5000 })
    await ask()
    await (await chooser).setFiles(files)
  }).toPass({ timeout: 20_000 })
}

/** Opens a graph that a story writes down, as a file that a person chooses. */
export async function openFile(page: Page, document: object): Promise<void> {
  await chooseFiles(page, () => page.keyboard.press('Control+o'), {
    name: 'story.trib.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(document)),
  })
  await expect(canvas(page)).toBeVisible()
  await expect(cards(page).first()).toBeVisible()
  await settled(page)
}

/** A graph file with the parts that every one has. */
export const graphWith = (parts: object): object => ({
  format: 'tributary/graph',
  version: 1,
  id: 'story',
  name: 'Story',
  models: { facts: { catalog: 'toy-facts' } },
  subgraphs: {},
  interface: { inputs: {}, outputs: {} },
  nodes: {},
  wires: [],
  ui: { nodes: {}, frames: [], notes: [] },
  ...parts,
})
