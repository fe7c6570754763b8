import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { downloadHttp, type HttpDownload } from './http'

const body = randomBytes(700_000)
const sha256 = createHash('sha256').update(body).digest('hex')

let folder: string
let server: Server
let requests: IncomingMessage[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-http-'))
  requests = []
  server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const target = (): string => join(folder, 'model.gguf')
const get = (changes: Partial<HttpDownload> = {}): Promise<void> =>
  downloadHttp({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`,
    target: target(),
    sizeBytes: body.length,
    sha256,
    signal: new AbortController().signal,
    fetch, // the guarded one goes to no server of this machine
    pace: { tries: 3, backoffMs: 1, stallMs: 400, connectMs: 2_000, journalBytes: 100_000 },
    ...changes,
  })

const startOf = (request: IncomingMessage): number => Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)

interface Lie {
  readonly etag?: string
  readonly cutAfter?: number
  readonly flipAt?: number
  readonly ignoreRange?: boolean
  readonly announce?: number
  readonly extra?: number
}
/** A correct file server, save for the lies it is told to tell. */
function serve(request: IncomingMessage, response: ServerResponse, lie: Lie = {}): void {
  const etag = lie.etag ?? '"v1"'
  const ifRange = request.headers['if-range']
  const ranged = request.headers.range !== undefined && !lie.ignoreRange && (ifRange === undefined || ifRange === etag)
  const start = ranged ? startOf(request) : 0
  const bytes = Buffer.from(body.subarray(start))
  if (lie.flipAt !== undefined && lie.flipAt >= start) bytes[lie.flipAt - start]! ^= 1
  const sent = lie.extra ? Buffer.concat([bytes, randomBytes(lie.extra)]) : bytes
  const whole = lie.announce ?? body.length
  response.writeHead(ranged ? 206 : 200, {
    etag,
    ...(lie.extra ? {} : { 'content-length': String(whole - start) }),
    ...(ranged ? { 'content-range': `bytes ${start}-${whole - 1}/${whole}` } : {}),
  })
  if (lie.cutAfter === undefined) response.end(sent)
  else response.write(sent.subarray(0, lie.cutAfter), () => setTimeout(() => response.destroy(), 20))
}

const isWhole = async (): Promise<boolean> => body.equals(await readFile(target()))

test('an honest server: one request, and nothing but the file is left', async () => {
  answer = serve
  const seen: number[] = []
  await get({ onBytes: (done) => seen.push(done) })
  expect(await isWhole()).toBe(true)
  expect(requests).toHaveLength(1)
  expect(seen.at(-1)).toBe(body.length)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(existsSync(`${target()}.part`) || existsSync(`${target()}.part.json`)).toBe(false)
})

test('20 cuts at random offsets: bit-exact, and each request asks only for what is missing', async () => {
  let cuts = 20
  answer = (request, response) => {
    if (cuts-- > 0) serve(request, response, { cutAfter: 1 + Math.floor(Math.random() * 60_000) })
    else serve(request, response)
  }
  await get()
  expect(await isWhole()).toBe(true)
  expect(requests.length).toBeGreaterThan(10)
  const starts = requests.map(startOf)
  expect(starts).toEqual([...starts].sort((a, b) => a - b))
})

test('a cut before the first byte counts as fruitless; three in a row end the attempt with the reason', async () => {
  answer = (_request, response) => response.destroy()
  await expect(get()).rejects.toMatchObject({ code: 'download-failed' })
  expect(requests).toHaveLength(3)
})

test('what has arrived survives the failure, and the next attempt goes on from there', async () => {
  answer = (request, response) => (requests.length === 1 ? serve(request, response, { cutAfter: 300_000 }) : response.destroy())
  await expect(get()).rejects.toMatchObject({ code: 'download-failed' })
  answer = serve
  requests = []
  await get()
  expect(startOf(requests[0]!)).toBeGreaterThan(0)
  expect(startOf(requests[0]!)).toBeLessThanOrEqual(300_000)
  expect(await isWhole()).toBe(true)
})

test('cancelled half-way, it ends with the reason of the signal and later resumes by range', async () => {
  answer = (request, response) => serve(request, response, { cutAfter: 250_000 })
  const stop = new AbortController()
  await expect(get({ signal: stop.signal, onBytes: (done) => done >= 250_000 && stop.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
  answer = serve
  requests = []
  await get()
  expect(startOf(requests[0]!)).toBe(250_000)
  expect(requests[0]!.headers['if-range']).toBe('"v1"')
  expect(await isWhole()).toBe(true)
})

test('the entity tag changes between two connections: the first half is thrown away', async () => {
  let call = 0
  answer = (request, response) => serve(request, response, call++ === 0 ? { cutAfter: 200_000, etag: '"old"' } : { etag: '"new"' })
  await get()
  expect(await isWhole()).toBe(true)
})

test('the file changes and the server answers the range all the same: started over, bit-exact', async () => {
  let call = 0
  answer = (request, response) => {
    call += 1
    if (call === 1) serve(request, response, { cutAfter: 200_000, etag: '"old"', flipAt: 5 })
    else {
      delete request.headers['if-range'] // this server does not know it
      serve(request, response, { etag: '"new"' })
    }
  }
  await get()
  expect(await isWhole()).toBe(true)
})

test('a half of another version without any tag is found by the hash and fetched anew', async () => {
  let call = 0
  answer = (request, response) => {
    call += 1
    serve(request, response, call === 1 ? { cutAfter: 200_000, etag: '', flipAt: 7 } : { etag: '' })
  }
  await get()
  expect(await isWhole()).toBe(true)
})

test('a server that ignores ranges sends everything again: bit-exact', async () => {
  let call = 0
  answer = (request, response) => serve(request, response, { ignoreRange: true, ...(call++ < 2 ? { cutAfter: 150_000 } : {}) })
  await get()
  expect(await isWhole()).toBe(true)
})

test('a flipped byte is refused as hash-mismatch and nothing of it is kept', async () => {
  answer = (request, response) => serve(request, response, { flipAt: 123_456 })
  await expect(get()).rejects.toMatchObject({ code: 'hash-mismatch' })
  expect([target(), `${target()}.part`, `${target()}.part.json`].some(existsSync)).toBe(false)
})

test.each([
  ['shorter', body.length - 1000],
  ['longer', body.length + 1000],
])('a server that announces a %s file is refused before its bytes are taken', async (_which, announce) => {
  answer = (request, response) => serve(request, response, { announce, cutAfter: 10 })
  await expect(get()).rejects.toMatchObject({ code: 'download-failed' })
  expect(requests).toHaveLength(1)
})

test('a server that sends more than the file has is refused', async () => {
  answer = (request, response) => serve(request, response, { extra: 5000 })
  await expect(get()).rejects.toMatchObject({ code: 'download-failed' })
  expect(existsSync(target())).toBe(false)
})

test('a server that falls silent is left and asked again', async () => {
  let call = 0
  answer = (request, response) => {
    if (call++ > 0) return serve(request, response)
    response.writeHead(200, { etag: '"v1"', 'content-length': String(body.length) })
    response.write(body.subarray(0, 1000))
  }
  await get()
  expect(await isWhole()).toBe(true)
  expect(startOf(requests[1]!)).toBe(1000)
})

test('404 ends at once; 503 is tried again', async () => {
  answer = (_request, response) => response.writeHead(404).end()
  await expect(get()).rejects.toMatchObject({ code: 'download-failed', message: expect.stringContaining('404') })
  expect(requests).toHaveLength(1)
  let call = 0
  answer = (request, response) => (call++ === 0 ? void response.writeHead(503).end() : serve(request, response))
  await get()
  expect(await isWhole()).toBe(true)
})

test('a server that never answers costs two tries, not all of them', async () => {
  answer = () => undefined
  await expect(get({ pace: { tries: 5, connectMs: 100, backoffMs: 1 } })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('does not answer'),
  })
  expect(requests).toHaveLength(2)
})

test('this machine is no source: nothing is asked, and the next source may be tried', async () => {
  answer = serve
  await expect(get({ fetch: undefined })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('Nothing connects to 127.0.0.1'),
  })
  expect(requests).toHaveLength(0)
})

test('a host that does not exist is given up at once', async () => {
  await expect(
    downloadHttp({
      url: 'http://nowhere.invalid/x',
      target: target(),
      sizeBytes: 5,
      sha256,
      signal: new AbortController().signal,
    }),
  ).rejects.toMatchObject({ code: 'download-failed', message: expect.stringContaining('nowhere.invalid') })
})

test('a journal that lies about more bytes than there are, or that is no JSON, starts over', async () => {
  for (const journal of ['{', JSON.stringify({ url: 'x', sizeBytes: body.length, tag: '', doneBytes: 9e9 })]) {
    await writeFile(`${target()}.part`, 'rubbish')
    await writeFile(`${target()}.part.json`, journal)
    answer = serve
    await get()
    expect(await isWhole()).toBe(true)
    await rm(target())
  }
})

test('a part that rotted on the disk is found by the hash and fetched anew', async () => {
  answer = (request, response) => serve(request, response, { cutAfter: 250_000 })
  const stop = new AbortController()
  await get({ signal: stop.signal, onBytes: (done) => done >= 250_000 && stop.abort(new Error('enough')) }).catch(() => undefined)
  const part = await readFile(`${target()}.part`)
  part[9]! ^= 4
  await writeFile(`${target()}.part`, part)
  answer = serve
  await get()
  expect(await isWhole()).toBe(true)
})
