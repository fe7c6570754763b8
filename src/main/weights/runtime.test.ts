import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createWeightsRuntime, type OwnedWeightsRuntime } from './runtime'
import { merge, resolveToy, toy } from './testing/toys'
import { buildWorkerEntry } from './testing/worker-entry'

vi.setConfig({ testTimeout: 60_000 })

const folder = mkdtempSync(join(tmpdir(), 'runtime-'))
let runtime: OwnedWeightsRuntime
let entry = ''
beforeAll(async () => {
  entry = await buildWorkerEntry()
  for (const pid of [process.pid, 999_999_999]) {
    mkdirSync(join(folder, '.candidates', String(pid)), { recursive: true })
    writeFileSync(join(folder, '.candidates', String(pid), 'left.gguf'), '')
  }
  runtime = createWeightsRuntime({
    entry,
    resolve: resolveToy,
    outputFolder: folder,
    threads: 2,
    keep: async (path) => path,
    register: async (path, { name }) => ({ backend: 'llama-cpp', id: path, name }),
  })
}, 60_000)
afterAll(async () => {
  await runtime.close()
  rmSync(folder, { recursive: true })
})

const request = { expression: merge('average', [toy('toy-math'), toy('toy-facts')]), name: 'Both, merged!', dtype: 'keep', recipe: {} }
const call = { signal: new AbortController().signal, onProgress: () => undefined }

it('writes under a plain name with the hash of the recipe, and registers the file', async () => {
  const { model, sizeBytes, tensors } = await runtime.write(request, call)
  expect(model.id).toMatch(/both-merged-[0-9a-f]{12}\.gguf$/)
  expect([sizeBytes > 1e6, tensors > 10]).toEqual([true, true])
})

it('lends a candidate and forgets it, also when its user fails', async () => {
  let path: string | undefined
  const value = await runtime.withCandidate(request, call, async ({ id }) => {
    path = runtime.candidatePath(id)
    return existsSync(path ?? '')
  })
  expect([value, existsSync(path ?? '')]).toEqual([true, false])
  await expect(runtime.withCandidate(request, call, () => Promise.reject(new Error('no use')))).rejects.toThrow('no use')
  expect(readdirSync(join(folder, '.candidates', String(process.pid)))).toEqual(['left.gguf'])
})

it('lends candidates in one file, a second one at the same time in another, and forgets both', async () => {
  const paths: (string | undefined)[] = []
  await runtime.withScratch(async (withCandidate) => {
    for (const name of ['one', 'two'])
      await withCandidate({ ...request, name }, call, async (model) => {
        paths.push(runtime.candidatePath(model.id))
        await withCandidate({ ...request, name: 'beside' }, call, async (other) => paths.push(runtime.candidatePath(other.id)))
        expect(runtime.candidatePath(model.id)).toBe(paths[0])
      })
    await expect(withCandidate({ ...request, dtype: 'none' }, call, async () => 0)).rejects.toMatchObject({ code: 'weights-parameter' })
    await withCandidate(request, call, async ({ id }) => paths.push(runtime.candidatePath(id)))
  })
  expect([paths[0] === paths[2], paths[0] === paths[4], new Set(paths).size]).toEqual([true, true, 3])
  expect(paths.filter((path) => existsSync(path ?? ''))).toEqual([])
})

it('removes what a dead process left, and only that', () => {
  expect(readdirSync(join(folder, '.candidates'))).toEqual([String(process.pid)])
})

it('a merge that is stopped leaves no file, and the next one runs', async () => {
  const before = readdirSync(folder)
  const stop = new AbortController()
  const stopped = runtime.write(
    { ...request, name: 'stopped' },
    { signal: stop.signal, onProgress: () => stop.abort(new Error('stopped')) },
  )
  await expect(stopped).rejects.toThrow('stopped')
  expect(readdirSync(folder)).toEqual(before)
  await runtime.write(request, call)
})
