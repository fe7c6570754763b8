import { globSync, readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Nothing that comes from a file, a wire or a model is ever run as code (C2 of `docs/controls.md`). */
const ways =
  /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(\s*['"`]|['"]node:vm['"]|['"]vm['"]\s*\)|\beval:\s*true\b|\bsetTimeout\s*\(\s*['"`]|\bdangerouslySetInnerHTML\b|\.innerHTML\s*=/

/** Threads whose script is a constant of the source; what they work on comes as data. */
const constants = ['src/main/nodes/ensemble/sql/run-queries.ts']

describe('no source of ours makes code of text', () => {
  const root = resolve(import.meta.dirname, '..')
  const files = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((file) => !/\.test\.tsx?$/.test(file))

  it('looks at all of them', () => expect(files.length).toBeGreaterThan(800))

  it('but for threads with a constant script', () => {
    const found = files.filter((file) => ways.test(readFileSync(resolve(root, file), 'utf8')))
    expect(found.map((file) => relative(root, resolve(root, file)).replaceAll('\\', '/'))).toEqual(constants)
  })

  it('whose script takes nothing in', () => {
    for (const file of constants) {
      const [, script] = /const script = `([\s\S]*?)`\n/.exec(readFileSync(resolve(root, file), 'utf8')) ?? []
      expect(script).toBeDefined()
      expect(script).not.toContain('${')
    }
  })
})
