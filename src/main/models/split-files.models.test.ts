import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApp } from '../app'
import { inspectModelFile } from '../host-inspect'
import { splitGguf } from '../weights/testing/split-gguf'
import type { OwnedModelPool } from './pool'
import { createToyPool, quietCall, temporaryFolder, testThreads, toyProgram, toyRef } from './testing'

const capital = 'q: what is the capital of france? a:'
const toy = 'resources/toys/toy-facts.gguf'
const folder = temporaryFolder('split-files')
let parts: string[]
let pool: OwnedModelPool
/** The table of embeddings lies in the last part, and the first holds no tensor. */
beforeAll(async () => {
  parts = await splitGguf(toy, folder, 'facts', (tensors) => {
    const other = tensors.filter(({ name }) => name !== 'token_embd.weight')
    return [[], other, tensors.filter((tensor) => !other.includes(tensor))]
  })
  pool = await createToyPool()
})
afterAll(async () => {
  await pool.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a model in three GGUF files', () => {
  it('is loaded by its first, and reckons as its one file does', async () => {
    const ref = { ...toyRef('facts'), id: parts[0] as string }
    expect(
      (
        await pool.decode(
          toyProgram('', '', { expression: { op: 'lm', model: ref, prompt: { kind: 'text', text: capital } } }),
          quietCall(),
        )
      ).text,
    ).toBe(' paris')
    const text = `${capital} paris`
    const whole = await (await pool.open(toyRef('toy-facts'))).surprisal(text, quietCall())
    expect(await (await pool.open(ref)).surprisal(text, quietCall())).toEqual(whole)
  })

  it('has the embeddings of its one file', async () => {
    const rows = async (path: string): Promise<Float32Array> => {
      const { embeddings } = await inspectModelFile(path)
      const into = new Float32Array(3 * (embeddings?.width ?? expect.fail()))
      embeddings?.read(100, into)
      return into
    }
    expect(await rows(parts[0] as string)).toEqual(await rows(toy))
  })

  it('says which part is missing before llama.cpp looks for it', async () => {
    mkdirSync(join(folder, 'lame'))
    for (const part of parts.slice(0, 2)) copyFileSync(part, join(folder, 'lame', basename(part)))
    const ref = { ...toyRef('lame'), id: join(folder, 'lame', basename(parts[0] as string)) }
    await expect((await pool.open(ref)).surprisal('a', quietCall())).rejects.toMatchObject({
      code: 'model-missing',
      message: 'facts comes in 3 files, and facts-00003-of-00003.gguf is missing.',
    })
  })

  it('takes an uploaded part only where it is the last that was missing', async () => {
    const home = join(folder, 'home')
    const app = await openApp({ door: 'terminal', home, threads: testThreads() })
    try {
      const { modelsFolder } = app.house.shelf
      const upload = (path: string) => app.upload({ name: basename(path), as: 'model', body: Readable.from([readFileSync(path)]) })
      const [first, second, third] = parts as [string, string, string]
      await expect(upload(first)).rejects.toMatchObject({ code: 'model-missing' })
      expect(existsSync(join(modelsFolder, basename(first)))).toBe(false)
      for (const part of [first, third]) copyFileSync(part, join(modelsFolder, basename(part)))
      expect(await upload(second)).toMatchObject({ name: 'facts', state: 'present' })
      expect(existsSync(join(modelsFolder, basename(second)))).toBe(true)
    } finally {
      await app.close()
    }
  })
})
