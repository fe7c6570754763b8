/**
 * `npm test`: everything that must hold, in the order in which a failure is cheapest, and at the end how long each part took. Sets up what it needs itself:
 * a browser from the system, else Playwright's own download, else the system's package manager; models by our own `models pull`, kept in a cache folder.
 * What does not pass lint, types, build or unit tests goes no further. `npm test -- --quick` stops after the unit tests.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'

const isQuick = process.argv.includes('--quick')
const bin = join(process.cwd(), 'node_modules', '.bin')
// The models that tests use are fetched once into a folder of their own, shared by all clones on this machine.
const cache = process.env.TRIBUTARY_TEST_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tributary-test')
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, TRIBUTARY_TEST_HOME: cache }
const results = []

function run(title, command, args, extra = {}) {
  const started = Date.now()
  console.log(`\n▸ ${title}`)
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...env, ...extra } })
  const ok = status === 0 && !error
  results.push({ title, ok, seconds: (Date.now() - started) / 1000 })
  if (error) console.error(String(error))
  return ok
}

const has = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0

/** A Chromium to drive: the path of one from the system, or '' for Playwright's own; undefined when none can be had. */
function findBrowser() {
  const system = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].find(has)
  if (system) return system
  if (spawnSync(join(bin, 'playwright'), ['install', 'chromium'], { stdio: 'inherit', env, timeout: 300_000 }).status === 0) return ''
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (has('apt-get')) {
    for (const args of [['update'], ['install', '-y', 'chromium']]) {
      const [command, ...rest] = [...root, 'apt-get', ...args]
      spawnSync(command, rest, { stdio: 'ignore', env, timeout: 600_000 })
    }
  }
  return has('chromium') ? 'chromium' : undefined
}

/** llama.cpp's own server, as a Python package: what the backend for servers is tested with. Where it cannot be had, that test says that it was skipped. */
function fetchLlamaServer() {
  const folder = join(cache, 'llama-server')
  const python = ['python3', 'python'].find(has)
  if (existsSync(join(folder, 'fetched')) || python === undefined) return
  const pip = [
    join(folder, 'bin', 'python'),
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', 'xllamacpp==2026.10.11549'],
  ]
  const steps = [[python, ['-m', 'venv', '--clear', folder]], pip]
  if (steps.every(([command, args]) => spawnSync(command, args, { stdio: 'ignore', timeout: 180_000 }).status === 0))
    writeFileSync(join(folder, 'fetched'), '')
  else console.error('llama.cpp’s own server could not be fetched by pip: the test that talks to it is skipped.')
}

/** Minutes and seconds. */
function clock(seconds) {
  const whole = Math.round(seconds)
  return `${String(Math.floor(whole / 60)).padStart(3)}:${String(whole % 60).padStart(2, '0')}`
}

/** The table of parts, then the end. */
function summarise() {
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0)
  console.log('')
  for (const { title, ok, seconds } of results) console.log(`${ok ? '✓' : '✗'} ${title.padEnd(32)} ${clock(seconds)}`)
  const failed = results.filter((result) => !result.ok).length
  console.log(`  ${''.padEnd(32)} ${clock(total)}`)
  console.log(`\n${results.length - failed} passed, ${failed} failed`)
  process.exit(failed === 0 ? 0 : 1)
}

const vitest = ['run', '--config', 'tools/vitest.config.ts', '--project']
const steps = [
  ['format, lint, one-way imports', 'npm', ['run', '--silent', 'lint']],
  ['types', 'npm', ['run', '--silent', 'typecheck']],
  ['build', join(bin, 'electron-vite'), ['build', '--logLevel', 'warn']],
  ['unit tests', join(bin, 'vitest'), [...vitest, 'unit*']],
]
for (const [title, command, args] of steps) if (!run(title, command, args)) summarise()
if (isQuick) summarise()

const starters = ['smollm2-135m-instruct', 'all-minilm-l6-v2', 'gemma-3-270m']
run('starter models', 'node', ['tools/tributary.mjs', '--home', cache, 'models', 'pull', ...starters])
fetchLlamaServer()
run('tests on real models', join(bin, 'vitest'), [...vitest, 'models*'])

const browser = findBrowser()
if (browser === undefined) {
  console.error('No Chromium could be found or installed: the end-to-end stories did not run.')
  results.push({ title: 'end-to-end stories', ok: false, seconds: 0 })
} else {
  const stories = ['test', '--config', 'e2e/playwright.config.ts', '--project']
  run('end-to-end stories', join(bin, 'playwright'), [...stories, 'stories'], { TRIBUTARY_CHROMIUM: browser })
  run('stories that run alone', join(bin, 'playwright'), [...stories, 'alone', '--workers', '1'], { TRIBUTARY_CHROMIUM: browser })
}
summarise()
