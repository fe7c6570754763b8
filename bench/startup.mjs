/**
 * How long a person waits: `tributary run` until the run starts (before any model is loaded), and `tributary serve` until the window can be used.
 * Run after `npm run build`: node bench/startup.mjs [runs]. Medians of several runs, whole processes, measured from outside.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { chromium } from '@playwright/test'

const runs = Number(process.argv[2] ?? 7)
const home = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
const graph = join(home, 'hello.trib.json')
writeFileSync(
  graph,
  JSON.stringify({
    format: 'tributary/graph',
    version: 1,
    id: 'g_bench',
    name: 'bench',
    models: { m: { catalog: 'toy-facts' } },
    interface: { inputs: { q: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'lm.text' } } },
    nodes: { lm: { type: 'language-model', v: 1, params: { model: 'model:m' } } },
    wires: [{ from: '@q', to: 'lm.prompt' }],
  }),
)
const command = ['tools/tributary.mjs', '--home', home]
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Milliseconds from the start of the process until its output has `text`; the process then gets `signal`. */
function until(args, text, signal) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, [...command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    let at
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (at === undefined && out.includes(text)) {
        at = performance.now() - started
        if (signal) child.kill(signal)
      }
    })
    child.on('exit', () => (at === undefined ? reject(new Error(`never said ${text}: ${out.slice(0, 500)}`)) : resolve({ ms: at, out })))
  })
}

async function window() {
  const child = spawn(process.execPath, [...command, 'serve'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const started = performance.now()
  const url = await new Promise((resolve) => child.stdout.on('data', (chunk) => resolve(/http:\S+/.exec(String(chunk))?.[0])))
  const served = performance.now() - started
  const page = await browser.newPage()
  const opened = performance.now()
  await page.goto(url)
  await page.getByRole('heading', { name: 'Wire language models together' }).waitFor()
  const usable = performance.now() - opened
  await page.close()
  child.kill('SIGTERM')
  await new Promise((resolve) => child.on('exit', resolve))
  return { served, usable }
}

const browser = await chromium.launch({
  ...(process.env.TRIBUTARY_CHROMIUM === '' ? {} : { executablePath: process.env.TRIBUTARY_CHROMIUM ?? '/usr/bin/chromium' }),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
const starts = []
const windows = []
await until(['models', 'ls'], 'toy-base')
for (let i = 0; i < runs; i++) {
  starts.push(
    (
      await until(
        ['run', graph, '--input', 'q=q: what is the capital of france? a:', '--no-cache', '--events', 'nodes'],
        '"type":"run.start"',
      )
    ).ms,
  )
  windows.push(await window())
}
await browser.close()
rmSync(home, { recursive: true, force: true })
const served = median(windows.map((one) => one.served))
const usable = median(windows.map((one) => one.usable))
console.log(`tributary run until run.start: ${median(starts).toFixed(0)} ms (goal < 300)`)
console.log(
  `tributary serve until it answers: ${served.toFixed(0)} ms; page until usable: ${usable.toFixed(0)} ms; together ${(served + usable).toFixed(0)} ms (goal < 1500)`,
)
