import { existsSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { WebSocketServer } from 'ws'
import type { ClientMessage, ServerMessage, Transport } from '../../shared/api'
import { TributaryError, toErrorReport } from '../../shared/errors'
import type { App } from '../app'
import { CONTENT_SECURITY_POLICY } from '../content-security-policy'
import { createGuard, type Guard, type GuardedRequest } from './guard'

/**
 * `tributary serve`: the same window and API over loopback HTTP and WebSocket, for a browser, a server without a display, and the end-to-end tests.
 * The token travels once, as the fragment of the printed address; the page keeps it in sessionStorage and sends it as a bearer header.
 */
export interface ServeOptions {
  readonly port: number
  readonly rendererFolder: string
  readonly token?: string
}

export interface Server {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
const MAX_UPLOAD_BYTES = 64 * 1024 * 1024 * 1024

export async function serve(app: App, options: ServeOptions): Promise<Server> {
  let port = options.port
  const hosts = () => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  const guard = createGuard({ hosts, ...(options.token === undefined ? {} : { token: options.token }) })
  const http = fastify({ bodyLimit: MAX_MESSAGE_BYTES, logger: false, forceCloseConnections: true })

  http.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    const isStatic = request.method === 'GET' || request.method === 'HEAD'
    const refusal = guard.judge(guarded(request.raw), isStatic ? 'host' : 'token')
    if (refusal) await reply.code(refusal.status).send({ error: refusal.message })
  })
  if (!existsSync(options.rendererFolder)) throw new TributaryError('internal', 'The window has not been built; run “npm run build”.')
  await http.register(fastifyStatic, { root: options.rendererFolder, cacheControl: false })
  addRoutes(http, app, guard)
  const sockets = addWebSocket(http, app, guard)

  await http.listen({ host: '127.0.0.1', port: options.port }).catch((cause: NodeJS.ErrnoException) => {
    const taken = cause.code === 'EADDRINUSE'
    throw new TributaryError(
      'usage',
      taken ? `Port ${options.port} is in use.` : `Cannot listen on port ${options.port}: ${cause.message}`,
      {
        hint: 'Choose another with --port, or leave it out for a free one.',
        cause,
      },
    )
  })
  port = (http.server.address() as AddressInfo).port
  return {
    port,
    url: `http://127.0.0.1:${port}/#token=${guard.token}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      await http.close()
    },
  }
}

function guarded(request: IncomingMessage): GuardedRequest {
  const header = (name: string) => {
    const value = request.headers[name]
    return typeof value === 'string' ? value : undefined
  }
  return { host: header('host'), origin: header('origin'), site: header('sec-fetch-site'), authorization: header('authorization') }
}

function addRoutes(http: FastifyInstance, app: App, guard: Guard): void {
  http.post('/ticket', async () => ({ ticket: guard.issueTicket() }))
  // The raw body of an upload streams to a file; it is never held in memory.
  http.removeContentTypeParser('text/plain')
  http.addContentTypeParser('application/octet-stream', { bodyLimit: MAX_UPLOAD_BYTES }, (_request, payload, done) => done(null, payload))
  http.post('/upload', { bodyLimit: MAX_UPLOAD_BYTES }, (request, reply) => upload(app, request, reply))
}

async function upload(app: App, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { name, as } = request.query as { name?: string; as?: string }
  if (!name || (as !== 'model' && as !== 'resource')) return reply.code(400).send({ error: 'Say name= and as=model or as=resource.' })
  if (request.headers['content-type'] !== 'application/octet-stream')
    return reply.code(415).send({ error: 'Send application/octet-stream.' })
  try {
    return await app.upload({ name, as, body: request.body as NodeJS.ReadableStream })
  } catch (thrown) {
    const report = toErrorReport(thrown)
    return reply.code(report.code === 'internal' ? 500 : 400).send({ error: report.message, report })
  }
}

/** Upgrades only what carries our Origin and a fresh ticket. */
function addWebSocket(http: FastifyInstance, app: App, guard: Guard): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  let count = 0
  http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://local')
    const refusal = guard.judge(guarded(request), 'host')
    const allowed =
      !refusal && url.pathname === '/ws' && request.headers.origin !== undefined && guard.redeemTicket(url.searchParams.get('ticket') ?? '')
    if (!allowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const transport: Transport<ServerMessage, ClientMessage> = {
        send: (message) => {
          if (webSocket.readyState === webSocket.OPEN) webSocket.send(JSON.stringify(message))
        },
        onMessage: (listener) => {
          const hear = (data: Buffer) => {
            const message = parseMessage(data)
            if (message) listener(message)
          }
          webSocket.on('message', hear)
          return () => webSocket.off('message', hear)
        },
      }
      const leave = app.connect(transport, `browser-${++count}`)
      webSocket.on('close', leave)
    })
  })
  return sockets
}

function parseMessage(data: Buffer): ClientMessage | undefined {
  try {
    const message = JSON.parse(data.toString('utf8')) as ClientMessage
    return typeof message.id === 'number' && typeof message.method === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
