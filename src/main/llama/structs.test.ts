import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import koffi, { type TypeObject } from 'koffi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as structs from './structs'

/** Our struct beside the name that the header gives it. Arrays of the same length and element are compared by size alone. */
const pairs: readonly (readonly [cName: string, type: TypeObject])[] = [
  ['struct llama_model_params', structs.modelParams],
  ['struct llama_context_params', structs.contextParams],
  ['struct llama_batch', structs.batch],
  ['struct llama_token_data', structs.tokenData],
  ['struct llama_token_data_array', structs.tokenDataArray],
  ['struct ggml_type_traits', structs.typeTraits],
  ['struct ggml_tensor', structs.tensor],
  ['struct ggml_threadpool_params', structs.threadPoolParams],
]

const bundle = join(dirname(createRequire(import.meta.url).resolve('node-llama-cpp')), '..', 'llama', 'gitRelease.bundle')
const missing = whatIsMissing()
if (missing) console.warn(`structs.test.ts: the C structs are NOT compared with llama.h: ${missing}`)

describe.skipIf(missing !== undefined)('our structs against the header that node-llama-cpp carries', () => {
  let folder: string
  let layout: Map<string, number>

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-structs-'))
    layout = compileAndRun(folder)
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(pairs)('%s has the same size', (name, type) => {
    expect(koffi.sizeof(type)).toBe(layout.get(name))
  })

  it.each(pairs)('%s has every field at the same offset with the same size', (name, type) => {
    for (const [field, member] of Object.entries(type.members ?? {})) {
      expect([field, member.offset, member.type.size]).toEqual([field, layout.get(`${name}.${field}`), layout.get(`${name}.${field}#`)])
    }
  })
})

function compileAndRun(folder: string): Map<string, number> {
  const source = join(folder, 'source')
  execFileSync('git', ['clone', '--quiet', '--no-checkout', bundle, source], { stdio: 'pipe' })
  execFileSync('git', ['-C', source, 'checkout', '--quiet', 'HEAD', '--', 'include', 'ggml/include'], { stdio: 'pipe' })
  const program = join(folder, 'layout')
  writeFileSync(`${program}.c`, cProgram())
  execFileSync('cc', ['-I', join(source, 'include'), '-I', join(source, 'ggml/include'), `${program}.c`, '-o', program])
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
}

function cProgram(): string {
  const prints = pairs.flatMap(([name, type]) => [
    `printf("${name} %zu\\n", sizeof(${name}));`,
    ...Object.keys(type.members ?? {}).flatMap((field) => [
      `printf("${name}.${field} %zu\\n", offsetof(${name}, ${field}));`,
      `printf("${name}.${field}# %zu\\n", sizeof(((${name} *)0)->${field}));`,
    ]),
  ])
  return `#include <stdio.h>\n#include <stddef.h>\n#include "llama.h"\nint main(void) {\n${prints.join('\n')}\nreturn 0;\n}\n`
}

function whatIsMissing(): string | undefined {
  if (!existsSync(bundle)) return 'the source bundle is not there'
  for (const tool of ['git', 'cc']) {
    try {
      execFileSync(tool, ['--version'], { stdio: 'pipe' })
    } catch {
      return `no ${tool} on this machine`
    }
  }
  return undefined
}
