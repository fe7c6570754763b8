import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Every module that can write a file, and where to (C19 of `docs/controls.md`). A new one must be put down here, with the folder that it stays in. What is kept goes
 * below the data folder, under names made by us, by way of a temporary file, its sync, a rename, and the sync of the folder (`whole`).
 */
type Place = 'data folder, whole' | 'data folder, may be lost' | 'named on the command line' | 'process'

const writers: Readonly<Record<string, Place>> = {
  'src/main/api/models.ts': 'data folder, whole',
  'src/main/batch/queue-key.ts': 'data folder, may be lost',
  'src/main/cli/batch-snapshot.ts': 'named on the command line',
  'src/main/cli/merge3.ts': 'named on the command line',
  'src/main/cli/recipes.ts': 'named on the command line',
  'src/main/cli/result.ts': 'named on the command line',
  'src/main/cli/runs.ts': 'named on the command line',
  'src/main/derived-files.ts': 'data folder, may be lost',
  'src/main/llama/gram-file.ts': 'data folder, may be lost',
  'src/main/llama/server.ts': 'process',
  'src/main/models/library/lock.ts': 'data folder, may be lost',
  'src/main/models/library/sources/part.ts': 'data folder, may be lost',
  'src/main/models/library/sources/wheel.ts': 'data folder, may be lost',
  'src/main/models/library/sources/zip-member.ts': 'data folder, may be lost',
  'src/main/resources/uploads.ts': 'data folder, whole',
  'src/main/store/blobs.ts': 'data folder, whole',
  'src/main/store/open-file.ts': 'data folder, may be lost',
  'src/main/weights/engine/block-worker.ts': 'data folder, whole',
  'src/main/weights/gguf/write/part-file.ts': 'data folder, whole',
  'src/main/weights/gradients/square-file.ts': 'data folder, may be lost',
  'src/main/weights/judged.ts': 'data folder, may be lost',
  'src/main/weights/runtime.ts': 'data folder, whole',
  'src/main/weights/statistics/write-table.ts': 'data folder, may be lost',
  'src/main/weights/write/journal.ts': 'data folder, may be lost',
  'src/main/weights/write/scratch-file.ts': 'data folder, may be lost',
}

/** calls that write, of node:fs; `open` with a mode that writes */
const writing =
  /\b(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|copyFile|copyFileSync|cp|cpSync)\(|\bopen(?:Sync)?\([^)\n]*'(?:w|wx|a|ax|r\+|w\+|a\+)'|\bopen(?:Sync)?\([^)\n]*\?\s*'r\+'/

const root = resolve(import.meta.dirname, '..')
const files = globSync('src/{main,shared,preload}/**/*.ts', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !/\.test\.ts$|\/testing[./]|\.fixture\.ts$|^src\/main\/systems\//.test(file))
const source = (file: string): string => readFileSync(resolve(root, file), 'utf8')

describe('files are written', () => {
  it('by these modules and no others', () => {
    expect(files.length).toBeGreaterThan(500)
    expect(files.filter((file) => writing.test(source(file))).sort()).toEqual(Object.keys(writers).sort())
  })

  it('never by a node: nodes ask the rooms', () => {
    expect(Object.keys(writers).filter((file) => file.startsWith('src/main/nodes/'))).toEqual([])
  })

  const whole = Object.entries(writers).flatMap(([file, place]) => (place === 'data folder, whole' ? [file] : []))
  it.each(whole.filter((file) => !file.includes('engine/block-worker')))('whole or not at all by %s', (file) => {
    // a rename, and a sync, of its own or of the function that it hands the file to
    expect(source(file)).toMatch(/rename(?:Sync)?\(|settle\(/)
    expect(source(file)).toMatch(/\bsync\(\)|fsyncSync\(|settle\(|syncFolder\(/)
  })
})
