import type { ModelCard, ResourceCard } from '../../shared/api'
import { type ErrorReport, TributaryError } from '../../shared/errors'
import { type Client, createClient } from './client'
import { ipcTransport } from './ipc'
import { webSocketTransport } from './websocket'

/** How this window reaches the house. `upload` is there in a browser only; in the Electron window the system's file dialog takes its place. */
export interface House {
  readonly client: Client
  readonly upload?: (file: File, as: 'model' | 'resource') => Promise<ModelCard | ResourceCard>
}

const tokenKey = 'tributary.token'

/** Electron's bridge where there is one; else the socket, with the token of the address (`#token=…`, `#/form/g_1?token=…`), which is taken out of sight at once. */
export function connectHouse(): House | undefined {
  if (window.tributary) return { client: createClient(ipcTransport(window.tributary)) }
  const token = takeToken()
  if (token === undefined) return undefined
  return { client: createClient(webSocketTransport(token)), upload: (file, as) => upload(token, file, as) }
}

function takeToken(): string | undefined {
  const hash = location.hash.slice(1)
  const [path = '', query = ''] = hash.startsWith('/') ? hash.split('?') : ['', hash]
  const fromAddress = new URLSearchParams(query).get('token')
  if (fromAddress) {
    sessionStorage.setItem(tokenKey, fromAddress)
    history.replaceState(null, '', location.pathname + location.search + (path === '' ? '' : `#${path}`))
    return fromAddress
  }
  return sessionStorage.getItem(tokenKey) ?? undefined
}

async function upload(token: string, file: File, as: 'model' | 'resource'): Promise<ModelCard | ResourceCard> {
  const response = await fetch(`/upload?name=${encodeURIComponent(file.name)}&as=${as}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: file,
  })
  const answer = (await response.json()) as unknown
  if (!response.ok) {
    const { report } = answer as { report?: ErrorReport }
    throw report ? TributaryError.fromReport(report) : new TributaryError('file-unreadable', `The file ${file.name} could not be taken in.`)
  }
  return answer as ModelCard | ResourceCard
}
