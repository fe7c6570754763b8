import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { plainCodec } from './convert/codec'
import { threadPool } from './engine/pools'
import type { GgufValue } from './gguf/types/header'
import { encodeHeader } from './gguf/write/encode-header'
import { merge, toy } from './testing/toys'
import { buildWorkerEntry } from './testing/worker-entry'
import { writeModel } from './write-model'

const folder = mkdtempSync(join(tmpdir(), 'large-'))
let entry = ''
beforeAll(async () => {
  entry = await buildWorkerEntry()
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** A model of a gigabyte and more in BF16, with an embedding of 128k tokens; its numbers are holes in the file, which read as zeros. */
function large(name: string): string {
  const [width, blocks] = [2048, 8]
  const uint = (value: number): GgufValue => ({ type: 'uint32', value })
  const encoded = encodeHeader(
    new Map<string, GgufValue>([
      ['general.architecture', { type: 'string', value: 'llama' }],
      ['llama.block_count', uint(blocks)],
      ['llama.embedding_length', uint(width)],
      ['llama.context_length', uint(16)],
      ['llama.attention.head_count', uint(16)],
    ]),
    [
      { name: 'token_embd.weight', shape: [width, 128_000], type: 'BF16' },
      ...Array.from({ length: blocks }, (_, block) => ({
        name: `blk.${block}.ffn_up.weight`,
        shape: [width, 17_000],
        type: 'BF16' as const,
      })),
    ],
  )
  const path = join(folder, `${name}.gguf`)
  const file = openSync(path, 'w')
  writeSync(file, encoded.bytes)
  ftruncateSync(file, encoded.fileSize)
  closeSync(file)
  return path
}

/** A method with passes holds the most; the size of the models does not show. */
it('TIES of models of a gigabyte takes less than 512 MB', { timeout: 300_000 }, async () => {
  const paths = Object.fromEntries(['a', 'b', 'base'].map((name) => [name, large(name)]))
  expect(statSync(paths.a as string).size).toBeGreaterThan(1e9)
  const before = process.memoryUsage().rss
  let most = 0
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const out = join(folder, 'out.gguf')
  try {
    await writeModel(
      out,
      { expression: merge('ties', [toy('a'), toy('b')], { base: toy('base') }), name: 'x', dtype: 'keep', recipe: {} },
      { resolve: async ({ name }) => ({ path: paths[name] as string }), codec: plainCodec, pool: (plan) => threadPool(entry, plan, 2) },
    )
  } finally {
    clearInterval(watching)
    rmSync(out, { force: true })
  }
  expect(most).toBeGreaterThan(0)
  expect((most - before) / 2 ** 20).toBeLessThan(512)
})
