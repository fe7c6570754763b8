import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../../../shared/errors'
import { createGuardedFetch, serversOfThePerson } from '../net/guarded-fetch'

/** A server that the person named in the settings. A graph names it by `id` alone, so it can never aim the key at another address. */
export interface RemoteServer {
  readonly id: string
  /** how a person calls it */
  readonly name?: string
  /** up to and with the version, e.g. `http://127.0.0.1:8080/v1` */
  readonly url: string
  readonly key?: string
  /** for the first byte of an answer, and between two pieces of a stream */
  readonly timeoutMs?: number
  readonly retry?: RetryOptions
}

export interface RetryOptions {
  /** in all, the first included */
  readonly attempts: number
  /** pause before the second attempt; doubles each time, up to eight seconds, shortened by chance by up to half */
  readonly baseMs: number
}

const defaultRetry: RetryOptions = { attempts: 4, baseMs: 500 }
const defaultTimeoutMs = 60_000
const longestPauseMs = 8000
const longestRetryAfterMs = 30_000
const bodyLimit = 64 * 2 ** 20

export interface ServerRequest {
  readonly server: RemoteServer
  /** below the server's url, e.g. `/chat/completions` */
  readonly path: string
  /** absent: GET */
  readonly body?: unknown
  readonly signal: AbortSignal
}

/** An answer whose body is read in pieces, each of which must come in time. */
export interface ServerAnswer {
  readonly pieces: AsyncIterable<Uint8Array>
}

/** A failure that a later attempt may not have. */
class Passing extends Error {
  constructor(
    readonly failure: TributaryError,
    readonly retryAfterMs: number | undefined,
  ) {
    super(failure.message)
  }
}

/** A connection that ended in the middle of an answer, without an error: as good as unreachable, and a later attempt may find the server back. */
export class CutShort extends Passing {
  constructor(server: RemoteServer, what: string) {
    super(unreachableError(server, what), undefined)
  }
}

/**
 * Sends a request and hands the body to `read`. Tries again after 429, 5xx, a refused or reset connection and a time-out, as long as `read` says
 * that nothing has been given away yet (`mayRepeat`). Throws `backend-unreachable` or `backend-error`; the signal's reason when it aborts.
 */
export async function askServer<Result>(
  request: ServerRequest,
  read: (answer: ServerAnswer) => Promise<Result>,
  mayRepeat: () => boolean = () => true,
): Promise<Result> {
  const { attempts, baseMs } = request.server.retry ?? defaultRetry
  for (let attempt = 1; ; attempt++) {
    request.signal.throwIfAborted()
    try {
      return await askOnce(request, read)
    } catch (error) {
      request.signal.throwIfAborted()
      if (!(error instanceof Passing)) throw error
      if (attempt >= attempts || !mayRepeat()) throw error.failure
      const pause = Math.min(longestPauseMs, baseMs * 2 ** (attempt - 1)) * (0.5 + 0.5 * Math.random())
      await sleep(Math.max(pause, error.retryAfterMs ?? 0), undefined, { signal: request.signal }).catch(() => undefined)
    }
  }
}

/** The whole body as JSON. Throws `backend-error` for anything else. */
export async function askForJson(request: ServerRequest): Promise<unknown> {
  const text = await askServer(request, async ({ pieces }) => {
    const parts: Uint8Array[] = []
    let size = 0
    for await (const piece of pieces) {
      size += piece.length
      if (size > bodyLimit) throw backendError(request.server, `answered with more than ${bodyLimit / 2 ** 20} MiB`)
      parts.push(piece)
    }
    return Buffer.concat(parts).toString('utf8')
  })
  return parseJson(request.server, text)
}

export function parseJson(server: RemoteServer, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw backendError(server, `answered with something that is not JSON: ${text.slice(0, 120)}`, { cause })
  }
}

export const backendError = (server: RemoteServer, what: string, more: { hint?: string; cause?: unknown } = {}): TributaryError =>
  new TributaryError('backend-error', `The server "${server.id}" ${what}.`, more)

const serverFetch = createGuardedFetch(serversOfThePerson)

async function askOnce<Result>(
  { server, path, body, signal }: ServerRequest,
  read: (answer: ServerAnswer) => Promise<Result>,
): Promise<Result> {
  const watch = new SilenceWatch(server.timeoutMs ?? defaultTimeoutMs)
  try {
    const response = await serverFetch(`${server.url.replace(/\/+$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(server.key ? { authorization: `Bearer ${server.key}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, watch.signal]),
    })
    watch.heard()
    if (!response.ok) throw await refusal(server, response)
    return await read({ pieces: watched(response, watch) })
  } catch (error) {
    if (error instanceof TributaryError || error instanceof Passing) throw error
    throw new Passing(unreachable(server, watch, error), undefined)
  } finally {
    watch.stop()
  }
}

async function* watched(response: Response, watch: SilenceWatch): AsyncGenerator<Uint8Array> {
  if (!response.body) return
  for await (const piece of response.body) {
    watch.heard()
    yield piece
  }
}

/** Aborts its signal after some time without `heard`. */
class SilenceWatch {
  readonly #controller = new AbortController()
  readonly signal = this.#controller.signal
  #timer: NodeJS.Timeout

  constructor(readonly limitMs: number) {
    this.#timer = setTimeout(() => this.#controller.abort(), limitMs)
  }

  heard(): void {
    this.#timer.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** What a status other than 2xx means; 408, 429 and 5xx may pass. */
async function refusal(server: RemoteServer, response: Response): Promise<Error> {
  const text = (await response.text().catch(() => '')).slice(0, 2000)
  const { message, code } = errorOf(text)
  const said = message ? `: ${message.slice(0, 300)}` : ''
  if (code === 'context_length_exceeded' || /context (length|size|window)|exceeds? the available context/i.test(message))
    return new TributaryError('context-overflow', `The prompt is longer than the context of the server "${server.id}"${said}`, {
      hint: 'Shorten the prompt, or ask for fewer tokens.',
    })
  if (response.status === 401 || response.status === 403)
    return backendError(server, `refuses the key (${response.status})${said}`, { hint: 'Enter its key in the settings.' })
  if (response.status >= 300 && response.status < 400)
    return backendError(server, `redirects to another address (${response.status}), which is not followed`, {
      hint: 'Type the address that it redirects to in the settings: a key never follows by itself.',
    })
  const failure = new TributaryError('backend-error', `The server "${server.id}" answered ${response.status}${said}`, {
    details: { status: response.status },
    hint: response.status === 404 ? 'Check the address in the settings and the name of the model.' : 'Look at the log of the server.',
  })
  const passes = response.status === 408 || response.status === 429 || response.status >= 500
  return passes ? new Passing(failure, retryAfter(response)) : failure
}

function errorOf(text: string): { message: string; code: string } {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    if (typeof error === 'string') return { message: error, code: '' }
    const { message, code, type } = (error ?? {}) as { message?: unknown; code?: unknown; type?: unknown }
    return { message: String(message ?? ''), code: String(code ?? type ?? '') }
  } catch {
    return { message: text.replaceAll(/\s+/g, ' ').slice(0, 200), code: '' }
  }
}

function retryAfter(response: Response): number | undefined {
  const header = response.headers.get('retry-after')
  if (!header) return undefined
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), longestRetryAfterMs) : undefined
}

function unreachable(server: RemoteServer, watch: SilenceWatch, error: unknown): TributaryError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why = watch.signal.aborted
    ? `did not answer within ${watch.limitMs / 1000} seconds`
    : `cannot be reached or closed the connection (${cause instanceof Error ? cause.message || cause.name : String(cause)})`
  return unreachableError(server, why, cause)
}

const unreachableError = (server: RemoteServer, what: string, cause?: unknown): TributaryError =>
  new TributaryError('backend-unreachable', `The server "${server.id}" at ${server.url} ${what}.`, {
    hint: 'Check that it runs, and its address in the settings.',
    ...(cause === undefined ? {} : { cause }),
  })
