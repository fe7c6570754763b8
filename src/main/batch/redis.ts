import { Redis } from 'ioredis'
import { TributaryError } from '../../shared/errors'

/** How to reach Redis, as both of our clients take it. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  readonly db?: number
  readonly tls?: Record<string, never>
  readonly maxRetriesPerRequest: null
}

const local = new Set(['localhost', '127.0.0.1', '[::1]'])

/** An address of Redis as a person writes it. In clear only on this machine: elsewhere `rediss://`. Throws `usage` or `not-allowed`. */
export function redisOptions(address: string): RedisAddress {
  let url: URL
  try {
    url = new URL(address)
  } catch (cause) {
    throw new TributaryError('usage', `“${address}” is no address of Redis.`, { hint: 'Write redis://127.0.0.1:6379.', cause })
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw new TributaryError('usage', `“${url.protocol}//” is no address of Redis.`, { hint: 'Write redis://127.0.0.1:6379.' })
  if (url.protocol === 'redis:' && !local.has(url.hostname))
    throw new TributaryError('not-allowed', `Jobs would travel in clear to ${url.hostname}.`, { hint: 'Use rediss:// to another machine.' })
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(/^\/\d{1,4}$/.test(url.pathname) ? { db: Number(url.pathname.slice(1)) } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    maxRetriesPerRequest: null,
  }
}

/** Throws `backend-unreachable` where nobody answers within three seconds: a queue would try for ever. */
export async function assertAnswers(options: RedisAddress): Promise<void> {
  const redis = new Redis({ ...options, lazyConnect: true, connectTimeout: 3000, maxRetriesPerRequest: 0, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
  } catch (cause) {
    throw new TributaryError(
      'backend-unreachable',
      `Redis at ${options.host}:${options.port} does not answer: ${(cause as Error).message.replace(/\.+$/, '')}.`,
      {
        hint: 'Is redis-server running there?',
        cause,
      },
    )
  } finally {
    redis.disconnect()
  }
}
