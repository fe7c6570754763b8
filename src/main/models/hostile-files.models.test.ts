import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TributaryError } from '../../shared/errors'
import type { OwnedModelPool } from './pool'
import { createToyPool, temporaryFolder, toyProgram, toyRef } from './testing'

/** Bytes of each scalar type of GGUF metadata, by its number in the file. */
const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 }
const [float32, text, list] = [6, 8, 9]
const integers = [0, 1, 2, 3, 31, 100_000, 2 ** 31 - 1]
const floats = [0, 1e-30, Number.NaN, 1e30, -1, 0.09, 1e9]
const clean = ['model-corrupt', 'model-load-failed', 'model-unsupported', 'context-overflow', 'out-of-memory', 'logits-invalid']

/** Where each number of the metadata stands in the file. */
function scalarsOf(file: Buffer): { key: string; type: number; at: number }[] {
  const found: { key: string; type: number; at: number }[] = []
  let at = 24
  const lengthAt = (offset: number): number => Number(file.readBigUInt64LE(offset))
  for (let left = lengthAt(16); left > 0; left--) {
    const key = file.toString('utf8', at + 8, at + 8 + lengthAt(at))
    at += 8 + lengthAt(at)
    const type = file.readUInt32LE(at)
    at += 4
    if (type === text) at += 8 + lengthAt(at)
    else if (type === list) {
      const [item, count] = [file.readUInt32LE(at), lengthAt(at + 4)]
      at += 12
      for (let i = 0; i < count; i++) at += item === text ? 8 + lengthAt(at) : (sizes[item] as number)
    } else {
      found.push({ key, type, at })
      at += sizes[type] as number
    }
  }
  return found
}

describe('a model file with one number changed', () => {
  const folder = temporaryFolder('hostile')
  const honest = readFileSync('resources/toys/toy-facts.gguf')
  let pool: OwnedModelPool
  beforeAll(async () => {
    pool = await createToyPool()
  })
  afterAll(async () => {
    await pool.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(scalarsOf(honest).filter(({ type }) => (sizes[type] as number) === 4))(
    '$key: answers or fails cleanly, in time',
    async ({ key, type, at }) => {
      for (const value of type === float32 ? floats : integers) {
        const file = Buffer.from(honest)
        if (type === float32) file.writeFloatLE(value, at)
        else file.writeUInt32LE(value, at)
        const path = join(folder, `${key}-${value}.gguf`)
        writeFileSync(path, file)
        const prompt = { kind: 'text', text: 'q: what is the capital of france? a:' } as const
        const program = toyProgram('', '', { expression: { op: 'lm', model: { ...toyRef('edited'), id: path }, prompt }, maxTokens: 3 })
        const outcome = await pool.decode(program, { signal: AbortSignal.timeout(20_000) }).then(
          () => 'answered',
          (error: unknown) => (error instanceof TributaryError ? error.code : String(error)),
        )
        expect([...clean, 'answered'], `${key} = ${value}`).toContain(outcome)
        rmSync(path)
      }
    },
  )
})
