import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * What a person waits for before a run starts is mostly modules that are read. So what `tributary run` has loaded when it says `run.start` is told here by name; what comes
 * in by an import too many shows at once, on any machine. The command is built file by file, so that every source keeps its name.
 */
const folder = join(process.cwd(), '.cache', `start-${process.pid}`)
const graph = {
  format: 'tributary/graph',
  version: 1,
  id: 'g_start',
  name: 'start',
  interface: { inputs: { words: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'show.text' } } },
  nodes: { show: { type: 'answer', v: 1, params: {} } },
  wires: [{ from: '@words', to: 'show.answer' }],
}

/** Notes every module that is loaded until `run.start` is written. */
const watch = `
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
const write = process.stdout.write
process.stdout.write = function (chunk, ...rest) {
  if (String(chunk).includes('run.start')) {
    const builtIn = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13))
    writeFileSync(process.env.TRIBUTARY_TEST_LOADED, JSON.stringify({ loaded, builtIn }))
    process.stdout.write = write
  }
  return write.call(this, chunk, ...rest)
}`

let loaded: readonly string[] = []
let builtIn: readonly string[] = []

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'src/main/cli.ts',
      outDir: join(folder, 'src'),
      target: 'node24',
      minify: false,
      rollupOptions: { output: { preserveModules: true, preserveModulesRoot: 'src' } },
    },
  })
  const [file, list] = [join(folder, 'start.trib.json'), join(folder, 'loaded.json')]
  mkdirSync(join(folder, 'home'))
  writeFileSync(file, JSON.stringify(graph))
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...['--import', `data:text/javascript,${encodeURIComponent(watch)}`, join(folder, 'src/main/cli.js'), '--home', join(folder, 'home')],
      ...['run', file, '--input', 'words=hello', '--events', 'nodes', '--quiet'],
    ],
    { encoding: 'utf8', env: { ...process.env, TRIBUTARY_TEST_LOADED: list } },
  )
  expect(status, stderr).toBe(0)
  ;({ loaded, builtIn } = JSON.parse(readFileSync(list, 'utf8')) as { loaded: string[]; builtIn: string[] })
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The first group of the pattern in each address that matches, each once, in order. */
const named = (pattern: RegExp): string[] => [...new Set(loaded.flatMap((url) => pattern.exec(url)?.[1] ?? []))].sort()
const own = (pattern: string): string[] => named(new RegExp(`/start-${process.pid}/src/${pattern}`))

describe('before a run starts', () => {
  it('these packages are read and no others: no model library, no server, no parser of pages', () => {
    expect(named(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/)).toEqual([
      'better-sqlite3',
      'commander',
      'csv-parse',
      'ipaddr.js',
      'wink-porter2-stemmer',
      'zod',
    ])
  })

  it('these rooms of the house are entered and no others', () => {
    expect(own('([a-z]+)/')).toEqual(['main', 'resources', 'shared'])
    expect(own('main/([a-z]+)/')).toEqual([
      ...['api', 'batch', 'claims', 'cli', 'compression', 'decoding', 'executor', 'models', 'nodes', 'ranking', 'resources', 'retrieval'],
      ...['store', 'systems', 'weights'],
    ])
  })

  it('of the commands only that one is read, and no demonstration', () => {
    expect(own(String.raw`main/cli/([a-z0-9-]+)\.js`)).toEqual([
      'graph-argument',
      'inputs',
      'options',
      'output',
      'overrides',
      'progress',
      'result',
      'run',
    ])
    expect(own('main/systems/(demonstrations)/')).toEqual([])
    expect(own(String.raw`main/batch/(bullmq|redis)\.js`)).toEqual([])
  })

  it('nothing of Node that makes requests is loaded', () => {
    expect(builtIn).toContain('fs')
    expect(builtIn.filter((name) => /^(?:_?https?|http2|_?tls)(?:_|$)|undici|^inspector/.test(name))).toEqual([])
  })
})
