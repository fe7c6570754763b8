import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type * as electron from 'electron'
import type { ClientMessage, ServerMessage, Transport } from '../../shared/api'
import type { App } from '../app'
import { createMenu } from './menu'
import { APP_ORIGIN, answerFromFolder, SCHEME } from './protocol'
import { windowOptions } from './window-options'

/** What the shell needs of the `electron` module; tests hand in a stand-in. */
export type ElectronModule = Pick<
  typeof electron,
  'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'Menu' | 'nativeTheme' | 'protocol' | 'session' | 'shell'
>

export interface ShellOptions {
  readonly electron: ElectronModule
  readonly preload: string
  readonly rendererFolder: string
  readonly contentSecurityPolicy: string
  readonly openApp: (dialogs: Dialogs) => Promise<App>
}

/** The two powers that only a window with a person in front of it has. */
export interface Dialogs {
  pickModel(): Promise<string | null>
  pickFolder(): Promise<string | null>
  pickResource(accepts: readonly ('folder' | 'file' | 'dataset')[]): Promise<string | null>
}

const CHANNEL = 'tributary'
const MAX_GRAPH_BYTES = 16 * 1024 * 1024

/** Must run before Electron is ready: the scheme's privileges can only be set then. */
export function registerScheme(protocol: ElectronModule['protocol']): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: false } },
  ])
}

/** Opens the window. Resolves when it shows; quits the app when a second instance is already there. */
export async function openShell(options: ShellOptions): Promise<void> {
  const { app, BrowserWindow, protocol, session, nativeTheme } = options.electron
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  registerScheme(protocol)
  await app.whenReady()
  hardenSession(session.defaultSession)
  protocol.handle(SCHEME, (request) => answerFromFolder(options.rendererFolder, request.url, options.contentSecurityPolicy))

  const window = new BrowserWindow(windowOptions(options.preload, nativeTheme.shouldUseDarkColors))
  hardenContents(window.webContents, options.electron.shell)
  const house = await options.openApp(createDialogs(options.electron, window))
  const transport = ipcTransport(options.electron.ipcMain, window)
  const leave = house.connect(transport, 'window')
  createMenu(options.electron, (command) => transport.send({ push: 'shell.command', payload: { command } }))
  openFilesOf(options.electron, window, transport)
  app.on('window-all-closed', () => {
    leave()
    house.close().finally(() => app.quit())
  })
  window.once('ready-to-show', () => window.show())
  await window.loadURL(`${APP_ORIGIN}/index.html`)
}

function hardenSession(session: Electron.Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}

/** No navigation, no new windows, no webviews; a link to https opens in the person's browser. */
function hardenContents(contents: Electron.WebContents, shell: ElectronModule['shell']): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isHttps(url)) shell.openExternal(url)
    return { action: 'deny' }
  })
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:'
}

/** Messages of our own page only: the sender's frame must be the main frame at our origin. */
function ipcTransport(ipcMain: ElectronModule['ipcMain'], window: Electron.BrowserWindow): Transport<ServerMessage, ClientMessage> {
  return {
    send: (message) => {
      if (!window.isDestroyed()) window.webContents.send(CHANNEL, message)
    },
    onMessage: (listener) => {
      const hear = (event: Electron.IpcMainEvent, message: unknown) => {
        if (event.senderFrame !== window.webContents.mainFrame || !event.senderFrame.url.startsWith(`${APP_ORIGIN}/`)) return
        if (isClientMessage(message)) listener(message)
      }
      ipcMain.on(CHANNEL, hear)
      return () => void ipcMain.off(CHANNEL, hear)
    },
  }
}

function isClientMessage(message: unknown): message is ClientMessage {
  if (typeof message !== 'object' || message === null) return false
  const { id, method } = message as { id?: unknown; method?: unknown }
  return typeof id === 'number' && typeof method === 'string'
}

function createDialogs({ dialog }: ElectronModule, window: Electron.BrowserWindow): Dialogs {
  const open = async (options: Electron.OpenDialogOptions) => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options)
    return canceled ? null : (filePaths[0] ?? null)
  }
  return {
    pickModel: () => open({ properties: ['openFile'], filters: [{ name: 'Models', extensions: ['gguf'] }] }),
    pickFolder: () => open({ properties: ['openDirectory'] }),
    pickResource: (accepts) =>
      accepts.includes('folder')
        ? open({ properties: ['openDirectory'] })
        : open({ properties: ['openFile'], filters: [{ name: 'Data', extensions: ['csv', 'jsonl', 'json', 'txt', 'md', 'html', 'pdf'] }] }),
  }
}

/** Graph files that the desktop hands us: at start, by a second start, and by macOS's own event. */
function openFilesOf({ app }: ElectronModule, window: Electron.BrowserWindow, transport: Transport<ServerMessage, ClientMessage>): void {
  const open = async (path: string) => {
    const bytes = await readFile(path).catch(() => undefined)
    if (!bytes || bytes.length > MAX_GRAPH_BYTES) return
    transport.send({ push: 'shell.openText', payload: { name: basename(path), text: bytes.toString('utf8') } })
  }
  const openAll = (argv: readonly string[]) => {
    for (const path of argv.slice(1).filter((word) => word.endsWith('.trib.json'))) open(path)
  }
  window.webContents.once('did-finish-load', () => openAll(process.argv))
  app.on('second-instance', (_event, argv) => {
    if (window.isMinimized()) window.restore()
    window.focus()
    openAll(argv)
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    open(path)
  })
}
