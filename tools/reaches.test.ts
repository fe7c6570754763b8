import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Every module that can open a connection, and whose address it opens (C21 of `docs/controls.md`). There are two powers: a backend is an address that the person typed
 * in the settings, where loopback is allowed; a download is an address of the catalogue that ships. Nothing fetches what a graph, a wire or a model names.
 */
type Whose = 'catalogue or settings' | 'command line' | 'own house' | 'listens'

const reaching: Readonly<Record<string, Whose>> = {
  'src/main/batch/bullmq.ts': 'command line',
  'src/main/batch/redis.ts': 'command line',
  'src/main/models/net/guarded-fetch.ts': 'catalogue or settings',
  'src/main/models/net/send.ts': 'catalogue or settings',
  'src/main/serve/openai.ts': 'listens',
  'src/main/serve/server.ts': 'listens',
  'src/renderer/api/connect.ts': 'own house',
  'src/renderer/api/websocket.ts': 'own house',
}

const ways =
  /\bfetch\(|\bfetch = |\?\? fetch\b|= fetch\b|\bglobalThis\.fetch\b|^import (?!type\b).*from '(?:node:(?:http|https|http2|net|tls|dgram|dns)|ioredis|bullmq|ws|undici|fastify)(?:\/[^']*)?'|\bnew (?:WebSocket|EventSource)\(|\bsendBeacon\(/m

const root = resolve(import.meta.dirname, '..')
const files = globSync('src/**/*.{ts,tsx}', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !/\.test\.tsx?$|\/testing[./]|\.fixture\.ts$/.test(file))

describe('connections', () => {
  it('are opened by these modules and no others', () => {
    expect(files.length).toBeGreaterThan(800)
    expect(files.filter((file) => ways.test(readFileSync(resolve(root, file), 'utf8'))).sort()).toEqual(Object.keys(reaching).sort())
  })

  it('are never opened by a node, the executor or what reads graphs', () => {
    expect(
      Object.keys(reaching).filter((file) =>
        /^src\/(shared|main\/(nodes|executor|resources|retrieval|claims|decoding|weights))\//.test(file),
      ),
    ).toEqual([])
  })

  it('that download go to addresses of the catalogue over TLS, and nowhere else', () => {
    const { models } = JSON.parse(readFileSync(resolve(root, 'resources/models.json'), 'utf8')) as {
      models: readonly { sources?: readonly { kind: string; files?: Readonly<Record<string, string>> }[] }[]
    }
    const addresses = models.flatMap(({ sources = [] }) =>
      sources.flatMap(({ kind, files: of = {} }) => (kind === 'http' ? Object.values(of) : [])),
    )
    expect(addresses.length).toBeGreaterThan(0)
    for (const address of addresses) expect(address).toMatch(/^https:\/\/[a-z0-9.-]+\.[a-z]+\//)
  })
})
