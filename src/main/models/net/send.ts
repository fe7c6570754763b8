import * as http from 'node:http'
import * as https from 'node:https'
import type { LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { GuardedRequest } from './guarded-fetch'

export type Send = (url: URL, request: GuardedRequest) => Promise<Response>

/** Sends single requests over kept connections, which find their addresses by the look-up of their protocol; without look-ups by the system's own agents. */
export function createSend(lookups: { readonly 'http:': LookupFunction; readonly 'https:': LookupFunction } | undefined): Send {
  const kept = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const
  const agents = lookups && {
    'http:': new http.Agent({ ...kept, lookup: lookups['http:'] }),
    'https:': new https.Agent({ ...kept, lookup: lookups['https:'] }),
  }
  return (url, request) => send(url, request, agents?.[url.protocol as 'http:' | 'https:'])
}

function send(url: URL, { method = 'GET', headers = {}, body, signal }: GuardedRequest, agent: http.Agent | undefined): Promise<Response> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http
    const sent = request(url, { method, headers, ...(agent ? { agent } : {}), ...(signal ? { signal } : {}) }, (answer) =>
      resolve(responseOf(answer)),
    )
    // several addresses, none of which answers: the first tells as much as all
    sent.on('error', (error) => reject(signal?.aborted ? signal.reason : error instanceof AggregateError ? error.errors[0] : error))
    sent.end(body)
  })
}

function responseOf(answer: http.IncomingMessage): Response {
  const status = answer.statusCode ?? 500
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) headers.set(name, [value].flat().join(', '))
  if (status === 204 || status === 205 || status === 304) {
    answer.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array> as ConstructorParameters<typeof Response>[0], {
    status,
    headers,
  })
}
