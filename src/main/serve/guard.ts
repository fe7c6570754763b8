import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Who may speak to the loopback server. Four gates, each sufficient to refuse: Host must name us exactly (DNS rebinding), Origin must be ours
 * (cross-site requests), Sec-Fetch-Site must be same-origin or none, and a 256-bit bearer token must match (other users and programs of this machine).
 * No cookies: they are shared by all ports of a host. Static files are public and hold no secret.
 */
export interface Guard {
  readonly token: string
  /** undefined: pass. Otherwise the status and sentence of the refusal. */
  judge(request: GuardedRequest, needs: 'host' | 'token'): Refusal | undefined
  /** A single-use ticket for opening a WebSocket within 30 seconds. */
  issueTicket(): string
  redeemTicket(ticket: string): boolean
}

export interface GuardedRequest {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly site: string | undefined
  readonly authorization: string | undefined
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 429
  readonly message: string
}

const TICKET_MS = 30_000
const FAILURES_PER_MINUTE = 10

export function createGuard(options: { hosts: () => readonly string[]; token?: string; now?: () => number }): Guard {
  const token = options.token ?? randomBytes(32).toString('base64url')
  const now = options.now ?? Date.now
  const tickets = new Map<string, number>()
  let failures: number[] = []

  function judge(request: GuardedRequest, needs: 'host' | 'token'): Refusal | undefined {
    const hosts = options.hosts()
    if (request.host === undefined || !hosts.includes(request.host)) return { status: 403, message: 'This host name is not served here.' }
    if (request.origin !== undefined && !hosts.some((host) => request.origin === `http://${host}`))
      return { status: 403, message: 'Requests from other origins are refused.' }
    if (request.site !== undefined && request.site !== 'same-origin' && request.site !== 'none')
      return { status: 403, message: 'Cross-site requests are refused.' }
    return needs === 'token' ? judgeToken(request.authorization) : undefined
  }

  function judgeToken(authorization: string | undefined): Refusal | undefined {
    failures = failures.filter((at) => now() - at < 60_000)
    if (failures.length >= FAILURES_PER_MINUTE) return { status: 429, message: 'Too many wrong tokens; wait a minute.' }
    if (authorization?.startsWith('Bearer ') && equalInConstantTime(authorization.slice(7), token)) return undefined
    failures.push(now())
    return { status: 401, message: 'The access token is missing or wrong; open the address that Tributary printed.' }
  }

  return {
    token,
    judge,
    issueTicket() {
      for (const [ticket, at] of tickets) if (now() - at > TICKET_MS) tickets.delete(ticket)
      const ticket = randomBytes(32).toString('base64url')
      tickets.set(ticket, now())
      return ticket
    },
    redeemTicket(ticket) {
      const at = tickets.get(ticket)
      tickets.delete(ticket)
      return at !== undefined && now() - at <= TICKET_MS
    },
  }
}

/** Hashing first makes the lengths equal, so that the comparison takes as long for every guess. */
function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
