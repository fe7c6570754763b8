import { spawn } from 'node:child_process'
import type { App } from '../app'
import { rendererFolder } from '../folders'
import { networkCutter } from '../models/without-network'
import type { ApiServer } from '../serve/openai'
import type { GlobalOptions } from './options'
import { printData, printJson, printNote } from './output'

export interface ServeCommandOptions {
  readonly port: number
  readonly root: readonly string[]
  readonly open?: boolean
  /** port of an OpenAI-compatible server beside the window; 0: a free one */
  readonly api?: number
}

/** Serves until it is told to stop. Prints one line with the address, which carries the access token as its fragment. */
export async function serveCommand(options: ServeCommandOptions, globals: GlobalOptions, note?: string): Promise<number> {
  const [{ openApp }, { serve }] = await Promise.all([import('../app'), import('../serve/server')])
  const app = await openApp({
    door: 'browser',
    device: globals.device,
    onMessage: printNote,
    roots: options.root,
    ...(globals.home === undefined ? {} : { home: globals.home }),
    ...(globals.memory === undefined ? {} : { memoryBudgetBytes: globals.memory }),
    ...(globals.threads === undefined ? {} : { threads: globals.threads }),
  })
  const server = await serve(app, {
    port: options.port,
    rendererFolder: rendererFolder(),
    ...(process.env.TRIBUTARY_TOKEN ? { token: process.env.TRIBUTARY_TOKEN } : {}),
  }).catch(async (thrown: unknown) => {
    await app.close()
    throw thrown
  })
  const api = options.api === undefined ? undefined : await startApi(app, options.api)
  if (globals.json) printJson({ url: server.url, port: server.port, ...(api ? { api: api.url, key: api.key } : {}) })
  else {
    if (note) printNote(note)
    printData(`Tributary is at ${server.url}`)
    if (networkCutter() === undefined)
      printNote('The process of the models can reach the network on this system; see docs/controls.md, C31.')
    if (api) printData(`OpenAI-compatible: ${api.url} with the key ${api.key}`)
    printNote('The address carries the key to this machine’s pipelines: share it with nobody. Ctrl+C stops.')
  }
  if (options.open) openBrowser(server.url)
  await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
  await Promise.all([server.close(), api?.close()])
  await app.close()
  return 0
}

async function startApi(app: App, port: number): Promise<ApiServer> {
  const { serveOpenAi } = await import('../serve/openai')
  return serveOpenAi(app, { port, ...(process.env.TRIBUTARY_API_KEY ? { key: process.env.TRIBUTARY_API_KEY } : {}) })
}

/** The person's own browser; the address is ours and handed over as one argument, never through a shell. */
function openBrowser(url: string): void {
  const [command, args] =
    process.platform === 'darwin' ? ['open', [url]] : process.platform === 'win32' ? ['explorer.exe', [url]] : ['xdg-open', [url]]
  const child = spawn(command as string, args as string[], { stdio: 'ignore', detached: true })
  child.on('error', () => printNote('No browser could be opened; open the address yourself.'))
  child.unref()
}

export const noWindow = (reason: string): string => `${reason} Serving the same application to your browser instead.`
