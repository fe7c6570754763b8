import { type LookupAddress, lookup as lookupName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { hostname } from 'node:os'
import { TributaryError } from '../../../shared/errors'
import { type Reach, reachOf } from './reach'
import type { Send } from './send'

/** Which addresses a connection may go to. */
export interface AddressRule {
  readonly allows: (reach: Reach, host: string, isPlain: boolean) => boolean
  /** redirects that are followed, each checked like the first address; none: the answer is handed back as it is */
  readonly redirects: number
  /** what a refusal advises */
  readonly hint: string
}

/** Files of the catalogue: addresses that everyone can reach, over TLS alone. */
export const publicOnly: AddressRule = {
  allows: (reach, _, isPlain) => reach === 'public' && !isPlain,
  redirects: 5,
  hint: 'Models are fetched from public addresses only; download the file yourself and add it to the library.',
}

/**
 * Servers that the person typed in the settings: this network too, and this machine where the name says so. A name of the public DNS never leads to this machine, and
 * nothing goes out of this network but over TLS.
 */
export const serversOfThePerson: AddressRule = {
  allows: (reach, host, isPlain) =>
    reach === 'private' || (reach === 'public' && !isPlain) || (reach === 'loopback' && namesThisMachine(host)),
  redirects: 0,
  hint: 'Type the address of the server itself in the settings: https:// beyond this network; of this machine 127.0.0.1 or localhost.',
}

const namesThisMachine = (host: string): boolean =>
  isIP(host) !== 0 || !host.replace(/\.$/, '').includes('.') || /\.(?:localhost|local)\.?$/i.test(host) || host === hostname().toLowerCase()

export interface GuardedRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}
export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<Response>

/** All addresses of a name, as the system resolves them. */
export type Resolve = (host: string, answer: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void
const systemResolve: Resolve = (host, answer) => lookupName(host, { all: true }, answer)

/**
 * Like `fetch`, but only to addresses that the rule allows. The check is made on what a name resolves to, in the very look-up whose answer the socket then connects to, so a
 * name that changes its mind in between reaches nothing; one address out of bounds refuses the name as a whole. Nothing is decoded and no cookie is kept. Rejects with
 * `not-allowed`, with the system's error, or with the signal's reason.
 */
export function createGuardedFetch(rule: AddressRule, resolve: Resolve = systemResolve): GuardedFetch {
  // Behind a proxy that the operator set up, it is the proxy that resolves names and connects.
  const direct = process.env.NODE_USE_ENV_PROXY !== '1'
  const lookups = direct ? { 'http:': guardedLookup(rule, true, resolve), 'https:': guardedLookup(rule, false, resolve) } : undefined
  let send: Promise<Send> | undefined
  const ask = async (url: URL, request: GuardedRequest): Promise<Response> => {
    refuseLiteral(url, rule)
    // Node's modules for it are loaded with the first request: they take a tenth of a start, and most starts ask nobody.
    send ??= import('./send').then(({ createSend }) => createSend(lookups))
    return (await send)(url, request)
  }
  return async (address, request = {}) => {
    const first = new URL(address)
    let url = first
    for (let hops = 0; ; hops++) {
      const response = await ask(url, request)
      const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null
      if (location === null || rule.redirects === 0) return response
      await response.body?.cancel()
      if (hops === rule.redirects) throw refusal(`“${first.host}” redirects more than ${rule.redirects} times.`, rule)
      url = next(url, location, rule)
    }
  }
}

/** A redirect may not leave TLS, name a port, or carry credentials. */
function next(from: URL, location: string, rule: AddressRule): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined
  if (url?.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '') return url
  throw refusal(`“${from.host}” redirects to an address that is not followed.`, rule)
}

/** An address that is written out is never looked up, so it is checked here. */
function refuseLiteral(url: URL, rule: AddressRule): void {
  const host = hostOf(url)
  if (isIP(host) !== 0 && !rule.allows(reachOf(host), host, url.protocol === 'http:'))
    throw refusal(`Nothing connects to ${host} from here.`, rule)
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

function guardedLookup(rule: AddressRule, isPlain: boolean, resolve: Resolve): LookupFunction {
  return (host, options, answer) =>
    resolve(host, (error, addresses) => {
      const refused = addresses?.find(({ address }) => !rule.allows(reachOf(address), host, isPlain))
      const first = addresses?.[0]
      if (error) answer(error, '', 0)
      else if (refused) answer(refusal(`“${host}” leads to ${refused.address}, where nothing connects from here.`, rule), '', 0)
      else if (first === undefined) answer(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), '', 0)
      else if (options.all) answer(null, [...addresses])
      else answer(null, first.address, first.family)
    })
}

const refusal = (what: string, { hint }: AddressRule): TributaryError => new TributaryError('not-allowed', what, { hint })
