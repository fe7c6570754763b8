import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { tributary } from './house'

/** The merge driver as git calls it, in a repository of its own; and differences as the terminal tells them. */
let folder = ''
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-git-'))
  await git('init', '--quiet', '--initial-branch=main')
  await git('config', 'user.name', 'A person')
  await git('config', 'user.email', 'person@example.org')
  await git(
    'config',
    'merge.tributary.driver',
    `"${resolve('node_modules/node/bin/node')}" "${resolve('tools/tributary.mjs')}" merge3 %O %A %B`,
  )
  await writeFile(join(folder, '.gitattributes'), '*.trib.json merge=tributary\n')
})
test.afterEach(() => rm(folder, { recursive: true, force: true }))

async function git(...args: string[]): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('git', args, { cwd: folder })
    return { code: 0, text: stdout + stderr }
  } catch (thrown) {
    const failed = thrown as { code: number; stdout: string; stderr: string }
    return { code: failed.code, text: failed.stdout + failed.stderr }
  }
}

const name = 'graph.trib.json'
const graph = (params: object, extra: object = {}) => ({
  format: 'tributary/graph',
  version: 1,
  id: 'g_merge',
  name: 'To merge',
  interface: { inputs: { question: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'writer.text' } } },
  models: { toy: { catalog: 'toy-facts' } },
  nodes: { writer: { type: 'language-model', v: 1, title: 'Writer', params: { model: 'model:toy', ...params } }, ...extra },
  wires: [{ from: '@question', to: 'writer.prompt' }],
})

async function commit(content: unknown, message: string): Promise<void> {
  await writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`)
  await git('add', '--all')
  await git('commit', '--quiet', '--message', message)
}
const merged = async () => JSON.parse(await readFile(join(folder, name), 'utf8')) as ReturnType<typeof graph>

test('git merges two branches that touched different params of one node, and a new node', async () => {
  await commit(graph({ temperature: 0.7, maxTokens: 64 }), 'base')
  await git('checkout', '--quiet', '-b', 'theirs')
  await commit(graph({ temperature: 0.7, maxTokens: 32 }, { note: { type: 'text', v: 1, params: { text: 'theirs' } } }), 'theirs')
  await git('checkout', '--quiet', 'main')
  await commit(graph({ temperature: 0.9, maxTokens: 64 }), 'ours')
  const { code, text } = await git('merge', '--no-edit', 'theirs')
  expect(text).not.toContain('CONFLICT')
  expect(code).toBe(0)
  const { nodes } = await merged()
  expect(nodes.writer.params).toMatchObject({ temperature: 0.9, maxTokens: 32 })
  expect(Object.keys(nodes).sort()).toEqual(['note', 'writer'])
  expect((await git('status', '--porcelain')).text).toBe('')
})

test('a param that both changed is a conflict: git says so, the file stays a graph, and ours stands', async () => {
  await commit(graph({ temperature: 0.7 }), 'base')
  await git('checkout', '--quiet', '-b', 'theirs')
  await commit(graph({ temperature: 0.2 }), 'theirs')
  await git('checkout', '--quiet', 'main')
  await commit(graph({ temperature: 0.9 }), 'ours')
  const { code, text } = await git('merge', '--no-edit', 'theirs')
  expect(code).toBe(1)
  expect(text).toContain('CONFLICT')
  expect(text).toContain('params.temperature of nodes/writer')
  expect((await merged()).nodes.writer.params).toMatchObject({ temperature: 0.9 })
  expect((await git('status', '--porcelain')).text).toContain(`UU ${name}`)
})

test('differences of files, stored graphs, versions and runs, as text and as data', async () => {
  const home = join(folder, 'home')
  const a = join(folder, 'a.trib.json')
  const b = join(folder, 'b.trib.json')
  await writeFile(a, JSON.stringify({ ...graph({ temperature: 0.7 }), ui: { nodes: { writer: { x: 0, y: 0 } } } }))
  await writeFile(b, JSON.stringify({ ...graph({ temperature: 0.9 }), ui: { nodes: { writer: { x: 500, y: 90 } } } }))
  const text = await tributary(home, 'diff', a, b, '--text')
  expect(text.stdout).toBe('~ “Writer” (writer): temperature 0.7 → 0.9\n')
  const data = await tributary(home, 'diff', a, b, '--json')
  expect(JSON.parse(data.stdout)).toMatchObject([
    { kind: 'changed', what: 'param', node: 'writer', name: 'temperature', from: 0.7, to: 0.9 },
  ])
  expect((await tributary(home, 'diff', a, a)).stdout).toBe('no difference in meaning\n')

  await tributary(home, 'run', a, '--input', 'question=q: what is the capital of france? a:', '--set', 'writer.temperature=0.5', '--quiet')
  const [run] = JSON.parse((await tributary(home, 'runs', 'ls', '--json')).stdout) as { id: string }[]
  expect((await tributary(home, 'diff', a, run?.id ?? '')).stdout).toBe('~ “Writer” (writer): temperature 0.7 → 0.5\n')
  const missing = await tributary(home, 'diff', a, 'To merge@12')
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('no file, stored graph, version, run or template')])
})
