import type { LookupAddress } from 'node:dns'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AddressRule, createGuardedFetch, publicOnly, type Resolve, serversOfThePerson } from './guarded-fetch'

/** A server on this machine's loopback that nobody may reach by trickery: it counts who knocks. */
let knocks = 0
let answer: (request: IncomingMessage, response: ServerResponse) => void
const canary = createServer((request, response) => {
  knocks += 1
  answer(request, response)
})
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  port = (canary.address() as AddressInfo).port
})
afterAll(() => {
  canary.closeAllConnections()
  canary.close()
})
beforeEach(() => {
  knocks = 0
  answer = (_, response) => response.end('reached')
})

const at = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })
const says =
  (...addresses: string[]): Resolve =>
  (_, give) =>
    give(null, addresses.map(at))
const refused = { code: 'not-allowed' }

describe('a download', () => {
  const spellings = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '0.0.0.0',
    '0',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '0xa9fea9fe',
    '2852039166',
    '[::ffff:a9fe:a9fe]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ]
  it.each(spellings)('does not go to http://%s', async (host) => {
    await expect(createGuardedFetch(publicOnly)(`http://${host}:${port}/x`)).rejects.toMatchObject(refused)
    await expect(createGuardedFetch(publicOnly)(`https://user:word@${host}:${port}/x`)).rejects.toMatchObject(refused)
    expect(knocks).toBe(0)
  })

  it.each(['localhost', 'localhost.', 'LOCALHOST', 'a.localhost'])('does not go to the name %s', async (host) => {
    await expect(createGuardedFetch(publicOnly, says('127.0.0.1', '::1'))(`http://${host}:${port}/`)).rejects.toMatchObject(refused)
    expect(knocks).toBe(0)
  })

  it('does not go to a name of which one address is out of bounds', async () => {
    for (const addresses of [['127.0.0.1'], ['93.184.215.14', '10.0.0.1'], ['::ffff:127.0.0.1'], ['fe80::1']])
      await expect(createGuardedFetch(publicOnly, says(...addresses))(`http://files.test:${port}/`)).rejects.toMatchObject(refused)
    expect(knocks).toBe(0)
  })

  it('connects to the very answer that was checked: a name that changes its mind in between is not asked again', async () => {
    let asked = 0
    const checked: string[] = []
    const flips: Resolve = (_, give) => give(null, [at(asked++ === 0 ? '127.0.0.1' : '10.0.0.1')])
    const fetch = createGuardedFetch({ ...publicOnly, allows: (reach) => checked.push(reach) > 0 && reach === 'loopback' }, flips)
    expect(await (await fetch(`http://flips.test:${port}/`, { headers: { connection: 'close' } })).text()).toBe('reached')
    expect([asked, checked]).toEqual([1, ['loopback']])
    await expect(fetch(`http://flips.test:${port}/`)).rejects.toMatchObject(refused)
    expect(knocks).toBe(1)
  })
})

describe('a redirect', () => {
  /** this machine plays a public server under one name, so that there is something to be redirected from */
  const staged: AddressRule = { ...publicOnly, allows: (reach, host) => host === 'files.test' || reach === 'public' }
  const fetch = createGuardedFetch(staged, says('127.0.0.1'))
  const start = () => fetch(`http://files.test:${port}/start`)

  it.each([
    'https://127.0.0.1/',
    'https://[::ffff:7f00:1]/',
    'https://0x7f000001/',
    'https://169.254.169.254/latest/meta-data/',
    'https://elsewhere.test/',
    'https://localhost/',
    'http://files.test/plain',
    'https://files.test:8443/',
    'https://user:word@files.test/',
    '/relative-without-tls',
    'file:///etc/passwd',
    'https://',
  ])('to %s is not followed', async (location) => {
    answer = (_, response) => response.writeHead(302, { location }).end()
    await expect(start()).rejects.toMatchObject(refused)
    expect(knocks).toBe(1) // the server that redirects, and nothing behind it
  })

  it('of a server of the settings is handed back, so that its key goes nowhere', async () => {
    answer = (_, response) => response.writeHead(307, { location: 'https://elsewhere.test/' }).end()
    expect((await createGuardedFetch(serversOfThePerson)(`http://127.0.0.1:${port}/`)).status).toBe(307)
  })
})

describe('a server of the settings', () => {
  const ask = (host: string, ...addresses: string[]) =>
    createGuardedFetch(serversOfThePerson, says(...addresses))(`http://${host}:${port}/v1`, { signal: AbortSignal.timeout(150) })

  it('may be this machine, where the address says so', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'models.localhost', 'box'])
      expect(await (await ask(host, '127.0.0.1')).text()).toBe('reached')
    expect(knocks).toBe(4)
  })
  it('is never this machine under a name of the public DNS', async () => {
    await expect(ask('api.example.org', '127.0.0.1')).rejects.toMatchObject(refused)
    await expect(ask('127.0.0.1.nip.io', '127.0.0.1')).rejects.toMatchObject(refused)
    expect(knocks).toBe(0)
  })
  it('is spoken to in clear within this network only', async () => {
    await expect(ask('93.184.215.14')).rejects.toMatchObject({ ...refused, hint: expect.stringContaining('https') })
    await expect(ask('api.example.org', '93.184.215.14')).rejects.toMatchObject(refused)
    expect(serversOfThePerson.allows('public', 'api.example.org', false)).toBe(true)
    expect(serversOfThePerson.allows('private', 'box', true)).toBe(true)
  })
  it('is never a link-local address, nor one that hands out credentials', async () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '100.100.100.200']) await expect(ask(host)).rejects.toMatchObject(refused)
    await expect(ask('box', '169.254.169.254')).rejects.toMatchObject(refused)
  })
})

describe('what comes back', () => {
  const fetch = createGuardedFetch(serversOfThePerson)
  const url = () => `http://127.0.0.1:${port}/`
  it('is a response as of fetch: status, headers, a body in pieces', async () => {
    answer = (request, response) => {
      response.writeHead(429, { 'retry-after': '2', 'x-method': request.method ?? '' })
      response.write('one ')
      setTimeout(() => response.end('two'), 10)
    }
    const response = await fetch(url(), { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
    expect([response.status, response.headers.get('retry-after'), response.headers.get('x-method')]).toEqual([429, '2', 'POST'])
    expect(await response.text()).toBe('one two')
  })
  it('ends with the reason of the signal, before the answer and in the middle of it', async () => {
    const reason = new Error('enough')
    const stop = new AbortController()
    answer = () => setTimeout(() => stop.abort(reason), 10)
    await expect(fetch(url(), { signal: stop.signal })).rejects.toBe(reason)
    const later = new AbortController()
    answer = (_, response) => response.write('one')
    const response = await fetch(url(), { signal: later.signal })
    setTimeout(() => later.abort(reason), 10)
    await expect(response.text()).rejects.toBeDefined()
  })
  it('is the error of the system where nothing listens', async () => {
    await expect(fetch('http://127.0.0.1:9/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(createGuardedFetch(publicOnly)('https://nowhere.invalid/')).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    })
  })
})
