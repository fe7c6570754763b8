import { TributaryError } from '../../../../shared/errors'
import { createGuardedFetch, type GuardedFetch, publicOnly } from '../../net/guarded-fetch'
import { asDiskError } from '../files'
import { openPart, type Part } from './part'

/**
 * One file over HTTP, bit by bit or not at all. What has arrived stays in `<target>.part`; a journal beside it says how much of that is safely on
 * the disk and of which version of the file (its entity tag). A broken connection resumes by range; a server that ignores ranges or changed the
 * file makes us start over. Length and hash are ours to know beforehand: what the server says about them is only a reason to stop early.
 */
export interface HttpDownload {
  readonly url: string
  readonly target: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly signal: AbortSignal
  /** bytes of this file that are here */
  readonly onBytes?: ((done: number) => void) | undefined
  readonly fetch?: GuardedFetch | undefined
  readonly pace?: Partial<Pace> | undefined
}

export interface Pace {
  /** attempts in a row that bring no new byte before we give up */
  readonly tries: number
  readonly connectMs: number
  /** silence after which a connection counts as broken */
  readonly stallMs: number
  readonly backoffMs: number
  readonly journalBytes: number
}
const defaultPace: Pace = { tries: 5, connectMs: 10_000, stallMs: 30_000, backoffMs: 500, journalBytes: 16 << 20 }

/** Leaves the whole, checked file at `target`. Throws `download-failed` (what arrived is kept), `hash-mismatch` (nothing is kept), `disk-full`, or the signal's reason. */
export async function downloadHttp(request: HttpDownload): Promise<void> {
  const pace = { ...defaultPace, ...request.pace }
  const part = await openPart(request)
  let actual: string
  try {
    actual = await fetchUntilWhole(part, request, pace)
    if (actual !== request.sha256 && part.resumed) {
      await part.restart() // two versions of the file may have met in it: one fresh try
      actual = await fetchUntilWhole(part, request, pace)
    }
  } catch (error) {
    await part.keep()
    throw asDiskError(error, request.target)
  }
  if (actual === request.sha256) return part.settle()
  await part.discard()
  throw new TributaryError('hash-mismatch', `The file from ${hostOf(request.url)} is not the one we know: its SHA-256 is ${actual}.`, {
    hint: 'It was thrown away. Try again, or another source.',
    details: { expected: request.sha256, actual },
  })
}

const publicFetch = createGuardedFetch(publicOnly)

export const hostOf = (url: string): string => new URL(url).host

/** Goes on until every byte is here; gives their SHA-256. */
async function fetchUntilWhole(part: Part, request: HttpDownload, pace: Pace): Promise<string> {
  let fruitless = 0
  request.onBytes?.(part.done)
  while (part.done < request.sizeBytes) {
    const before = part.done
    try {
      await attempt(part, request, pace)
    } catch (error) {
      request.signal.throwIfAborted()
      // an address that is out of bounds: another source may have a better one
      if (error instanceof TributaryError && error.code === 'not-allowed') throw failure(request, error.message.replace(/\.$/, ''), error)
      if (error instanceof TributaryError || isDisk(error)) throw error
      fruitless = part.done > before ? 0 : fruitless + 1
      const verdict = judge(error)
      const tries = error instanceof NoAnswer ? Math.min(triesWithoutAnswer, pace.tries) : pace.tries
      if (verdict.final || fruitless >= tries) throw failure(request, verdict.reason, error)
      await pause(verdict.waitMs ?? jitter(pace.backoffMs, fruitless), request.signal)
    }
  }
  return part.hash.copy().digest('hex')
}

/** A host that drops what we send would cost a try each time: two are enough to go on to the next source. */
class NoAnswer extends Error {
  constructor() {
    super('the host does not answer')
  }
}
const triesWithoutAnswer = 2

class HttpStatus extends Error {
  constructor(
    readonly status: number,
    readonly retryAfterMs: number | undefined,
  ) {
    super(`status ${status}`)
  }
}

/** One request, from what is here to the end. Throws when the connection ends early; the caller decides whether to go on. */
async function attempt(part: Part, request: HttpDownload, pace: Pace): Promise<void> {
  const stall = new AbortController()
  let timer = setTimeout(() => stall.abort(new NoAnswer()), pace.connectMs)
  try {
    const response = await (request.fetch ?? publicFetch)(request.url, {
      headers: { 'accept-encoding': 'identity', ...rangeHeaders(part) },
      signal: AbortSignal.any([request.signal, stall.signal]),
    })
    await prepare(part, response, request)
    if (!response.body) throw new Error('an answer without a body')
    for await (const block of response.body) {
      clearTimeout(timer)
      timer = setTimeout(() => stall.abort(new Error('the connection went silent')), pace.stallMs)
      if (part.done + block.length > request.sizeBytes) {
        await part.restart()
        throw failure(request, `more arrives than the ${request.sizeBytes} bytes that the catalogue knows`)
      }
      await part.append(block)
      request.onBytes?.(part.done)
      if (part.sinceJournal >= pace.journalBytes) await part.writeJournal()
    }
    if (part.done < request.sizeBytes) throw new Error('the connection ended early')
  } catch (error) {
    if (part.done > 0) part.resumed = true
    throw stall.signal.aborted && !request.signal.aborted ? stall.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}

function rangeHeaders(part: Part): Record<string, string> {
  if (part.done === 0) return {}
  const strong = part.tag !== '' && !part.tag.startsWith('W/')
  return { range: `bytes=${part.done}-`, ...(strong ? { 'if-range': part.tag } : {}) }
}

/** Brings the part into agreement with what the server is about to send, or refuses the answer. */
async function prepare(part: Part, response: Response, request: HttpDownload): Promise<void> {
  const tag = response.headers.get('etag') ?? ''
  if (response.status === 206) {
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '')
    const otherVersion = part.tag !== '' && tag !== '' && tag !== part.tag
    if (!range || Number(range[1]) !== part.done || otherVersion) {
      await part.restart()
      throw new Error(otherVersion ? 'the file changed on the server' : 'the server sent another range than asked')
    }
    if (range[3] !== '*') refuseOtherSize(Number(range[3]), request)
  } else if (response.status === 200) {
    if (part.done > 0) await part.restart()
    const length = response.headers.get('content-length')
    if (length !== null) refuseOtherSize(Number(length), request)
  } else {
    if (response.status === 416) await part.restart()
    const after = Number(response.headers.get('retry-after'))
    await response.body?.cancel()
    throw new HttpStatus(response.status, Number.isFinite(after) && after > 0 ? Math.min(after, 30) * 1000 : undefined)
  }
  part.tag = tag
}

function refuseOtherSize(bytes: number, request: HttpDownload): void {
  if (bytes !== request.sizeBytes) throw failure(request, `the server announces ${bytes} bytes, the catalogue knows ${request.sizeBytes}`)
}

function failure(request: HttpDownload, reason: string, cause?: unknown): TributaryError {
  return new TributaryError('download-failed', `${hostOf(request.url)}: ${reason}.`, {
    hint: 'What has arrived is kept; a new attempt goes on from there.',
    ...(cause === undefined ? {} : { cause }),
  })
}

const unreachable = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'CERT_HAS_EXPIRED'])

/** Is another attempt worth it? A host that does not exist or refuses will not exist a second later: the next source comes sooner. */
function judge(error: unknown): { final: boolean; reason: string; waitMs?: number } {
  if (error instanceof HttpStatus) {
    const passing = error.status === 429 || error.status === 416 || error.status >= 500
    const reason = `the server answered ${error.status}`
    return error.retryAfterMs === undefined ? { final: !passing, reason } : { final: !passing, reason, waitMs: error.retryAfterMs }
  }
  const cause =
    error instanceof Error ? ((error.cause as NodeJS.ErrnoException | undefined) ?? (error as NodeJS.ErrnoException)) : undefined
  const code = cause?.code ?? ''
  if (unreachable.has(code)) return { final: true, reason: `the host cannot be reached (${code})` }
  return { final: false, reason: code ? `the connection broke (${code})` : error instanceof Error ? error.message : String(error) }
}

const isDisk = (error: unknown): boolean => ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'].includes((error as NodeJS.ErrnoException)?.code ?? '')
const jitter = (baseMs: number, attempts: number): number => Math.random() * Math.min(8_000, baseMs * 2 ** attempts)

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', stop, { once: true })
    function done(): void {
      signal.removeEventListener('abort', stop)
      resolve()
    }
    function stop(): void {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
  })
}
