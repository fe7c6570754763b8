import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

/** The window is served from `tributary://app/…`, never from `file://`: a real origin, with the same policy as in the browser. */
export const SCHEME = 'tributary'
export const APP_ORIGIN = `${SCHEME}://app`

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Answers one request from the renderer's folder: 404 outside it, and for kinds of file that the window does not have. */
export async function answerFromFolder(folder: string, url: string, policy: string): Promise<Response> {
  const refused = new Response('not found', { status: 404 })
  const { host, pathname } = new URL(url)
  if (host !== 'app') return refused
  const path = normalize(join(folder, decodeURIComponent(pathname === '/' ? '/index.html' : pathname)))
  const type = contentTypes[extname(path)]
  if (!path.startsWith(folder + sep) || type === undefined) return refused
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes) return refused
  return new Response(new Uint8Array(bytes), {
    headers: { 'content-type': type, 'content-security-policy': policy, 'x-content-type-options': 'nosniff' },
  })
}
