import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Opening a graph file needs no power at all (C4 of `docs/controls.md`): it runs in a process that may read its own script and nothing else. */
const folder = mkdtempSync(join(tmpdir(), 'tributary-permitted-'))
const script = join(folder, 'open.mjs')

beforeAll(async () => {
  const entry = `
    import { loadGraph } from ${JSON.stringify(join(import.meta.dirname, 'load.ts'))}
    import { validateGraph } from ${JSON.stringify(join(import.meta.dirname, 'validate.ts'))}
    let text = ''
    process.stdin.setEncoding('utf8')
    for await (const piece of process.stdin) text += piece
    const powers = ['fs.write', 'child', 'worker', 'addon', 'wasi'].filter((power) => process.permission.has(power))
    const loaded = loadGraph(text)
    const issues = loaded.ok ? validateGraph(loaded.document, new Map()) : []
    console.log(JSON.stringify({ powers, ok: loaded.ok, ghosts: loaded.ok ? loaded.ghosts.length : 0, issues: issues.map(({ code }) => code) }))
  `
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [{ name: 'entry', resolveId: (id) => (id === 'entry' ? '\0entry' : null), load: (id) => (id === '\0entry' ? entry : null) }],
    build: {
      ssr: true,
      target: 'node22',
      outDir: folder,
      rollupOptions: { input: 'entry', output: { entryFileNames: 'open.mjs', format: 'es' } },
    },
    ssr: { noExternal: true },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const open = (graph: object) => {
  const child = spawnSync(process.execPath, ['--permission', `--allow-fs-read=${script}`, script], {
    input: JSON.stringify({ format: 'tributary/graph', version: 1, id: 'g', name: 'G', ...graph }),
    encoding: 'utf8',
  })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout) as { powers: string[]; ok: boolean; ghosts: number; issues: string[] }
}

describe('a graph file is opened and checked where nothing is permitted', () => {
  it('with names of files, addresses, commands and models in every place', () => {
    const opened = open({
      models: { m: { sha256: 'f'.repeat(64), hint: '/etc/passwd' }, r: { remote: { backend: 'http://evil.test', model: 'x' } } },
      nodes: {
        a: { type: 'documents', v: 1, params: { source: '/etc' } },
        b: { type: 'shell', v: 1, params: { command: 'touch /tmp/x', url: 'http://evil.test' } },
        c: { type: 'write-model', v: 1, params: { path: '../../x' } },
      },
      wires: [{ from: 'a.documents', to: 'b.in' }],
    })
    expect(opened).toMatchObject({ powers: [], ok: true })
    expect(opened.issues).toContain('unknown-type')
  })
})
