import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGuard, type GuardedRequest } from './guard'

const host = '127.0.0.1:4100'
const make = (now = () => 0) => createGuard({ hosts: () => [host, 'localhost:4100', '[::1]:4100'], token: 'secret', now })
const honest: GuardedRequest = { host, origin: `http://${host}`, site: 'same-origin', authorization: 'Bearer secret' }

describe('the guard of the loopback server', () => {
  it('lets our own page in, with the token', () => {
    expect(make().judge(honest, 'token')).toBeUndefined()
  })

  it('lets a program without an Origin in, with the token', () => {
    expect(make().judge({ ...honest, origin: undefined, site: undefined }, 'token')).toBeUndefined()
  })

  it('refuses every combination in which one gate is wrong', () => {
    const hosts = [host, 'localhost:4100', '[::1]:4100', 'evil.test', '127.0.0.1:4101', '127.0.0.1', undefined, '']
    const origins = [`http://${host}`, undefined, 'null', 'http://evil.test', 'https://127.0.0.1:4100', 'file://', 'http://127.0.0.1:9']
    const sites = [undefined, 'none', 'same-origin', 'same-site', 'cross-site']
    const tokens = ['Bearer secret', undefined, 'Bearer wrong', 'Basic secret', 'secret']
    let refused = 0
    let passed = 0
    for (const h of hosts)
      for (const origin of origins)
        for (const site of sites)
          for (const authorization of tokens) {
            const allowed =
              [host, 'localhost:4100', '[::1]:4100'].includes(h ?? '') &&
              (origin === undefined || origin === `http://${host}`) &&
              (site === undefined || site === 'none' || site === 'same-origin') &&
              authorization === 'Bearer secret'
            const verdict = make().judge({ host: h, origin, site, authorization }, 'token')
            expect(verdict === undefined).toBe(allowed)
            if (verdict) refused++
            else passed++
          }
    expect(refused + passed).toBe(1400)
    expect(passed).toBe(3 * 2 * 3)
  })

  it('never passes an arbitrary string as the token', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text !== 'secret')
        return make().judge({ ...honest, authorization: `Bearer ${text}` }, 'token')?.status === 401
      }),
    )
  })

  it('answers 429 after ten wrong tokens in a minute, and recovers', () => {
    let time = 0
    const guard = make(() => time)
    for (let i = 0; i < 10; i++) expect(guard.judge({ ...honest, authorization: 'Bearer no' }, 'token')?.status).toBe(401)
    expect(guard.judge({ ...honest, authorization: 'Bearer no' }, 'token')?.status).toBe(429)
    time = 60_001
    expect(guard.judge(honest, 'token')).toBeUndefined()
  })

  it('gives tickets that work once, for thirty seconds', () => {
    let time = 0
    const guard = make(() => time)
    const ticket = guard.issueTicket()
    expect(guard.redeemTicket(ticket)).toBe(true)
    expect(guard.redeemTicket(ticket)).toBe(false)
    const late = guard.issueTicket()
    time = 30_001
    expect(guard.redeemTicket(late)).toBe(false)
    expect(guard.redeemTicket('made up')).toBe(false)
  })
})
