import { EventEmitter } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClientMessage, ServerMessage, Transport } from '../../shared/api'
import type { App } from '../app'
import { answerFromFolder } from './protocol'
import { type ElectronModule, openShell } from './shell'
import { windowOptions } from './window-options'

/** A stand-in of the `electron` module: records what the shell asks of it, and lets a test raise Electron's events. */
function standIn(hasLock = true) {
  const frame = { url: 'tributary://app/index.html' }
  const contents = Object.assign(new EventEmitter(), {
    mainFrame: frame,
    send: vi.fn(),
    setWindowOpenHandler: vi.fn<(handler: (details: { url: string }) => { action: string }) => void>(),
  })
  const window = Object.assign(new EventEmitter(), {
    webContents: contents,
    isDestroyed: () => false,
    isMinimized: () => true,
    restore: vi.fn(),
    focus: vi.fn(),
    show: vi.fn(),
    loadURL: vi.fn(async () => undefined),
  })
  const asked: { options?: unknown } = {}
  /** `new` on a function that returns an object gives that object: one window, which the test holds. */
  const windowClass = vi.fn(function createWindow(options: unknown) {
    asked.options = options
    return window
  })
  const app = Object.assign(new EventEmitter(), {
    requestSingleInstanceLock: () => hasLock,
    quit: vi.fn(),
    whenReady: async () => undefined,
    name: 'Tributary',
  })
  const session = { setPermissionRequestHandler: vi.fn(), setPermissionCheckHandler: vi.fn(), setDevicePermissionHandler: vi.fn() }
  const module = {
    app,
    BrowserWindow: windowClass,
    dialog: { showOpenDialog: vi.fn(async () => ({ canceled: false, filePaths: ['/chosen'] })) },
    ipcMain: new EventEmitter(),
    Menu: { buildFromTemplate: vi.fn((template: unknown) => template), setApplicationMenu: vi.fn() },
    nativeTheme: { shouldUseDarkColors: false },
    protocol: { registerSchemesAsPrivileged: vi.fn(), handle: vi.fn() },
    session: { defaultSession: session },
    shell: { openExternal: vi.fn() },
  }
  return { module, electron: module as unknown as ElectronModule, window, contents, frame, session, asked, app }
}

function house() {
  const heard: ClientMessage[] = []
  let transport: Transport<ServerMessage, ClientMessage> | undefined
  const app = {
    connect: (given: Transport<ServerMessage, ClientMessage>) => {
      transport = given
      return given.onMessage((message) => heard.push(message))
    },
    close: vi.fn(async () => undefined),
  }
  return { app: app as unknown as App, heard, close: app.close, transport: () => transport }
}

let fake: ReturnType<typeof standIn>
let rooms: ReturnType<typeof house>
const open = () =>
  openShell({
    electron: fake.electron,
    preload: '/p.js',
    rendererFolder: '/r',
    contentSecurityPolicy: "default-src 'none'",
    openApp: async () => rooms.app,
  })

beforeEach(() => {
  fake = standIn()
  rooms = house()
})

describe('the Electron shell', () => {
  it('opens a window that is isolated, sandboxed and without Node', async () => {
    await open()
    expect(fake.asked.options).toEqual(windowOptions('/p.js', false))
    expect(windowOptions('/p.js', false).webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
    })
    expect(fake.window.loadURL).toHaveBeenCalledWith('tributary://app/index.html')
  })

  it('denies every permission, navigation, webview and new window; only https links open outside', async () => {
    await open()
    const answer = vi.fn()
    fake.session.setPermissionRequestHandler.mock.calls[0]?.[0]({}, 'media', answer)
    expect(answer).toHaveBeenCalledWith(false)
    expect(fake.session.setPermissionCheckHandler.mock.calls[0]?.[0]()).toBe(false)
    for (const name of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
      const event = { preventDefault: vi.fn() }
      fake.contents.emit(name, event)
      expect(event.preventDefault, name).toHaveBeenCalledOnce()
    }
    const handler = fake.contents.setWindowOpenHandler.mock.calls[0]?.[0]
    for (const url of ['https://arxiv.org/abs/1', 'http://x.test', 'file:///etc/passwd', 'javascript:1', 'not a url'])
      expect(handler?.({ url })).toEqual({ action: 'deny' })
    expect(fake.module.shell.openExternal.mock.calls).toEqual([['https://arxiv.org/abs/1']])
  })

  it('hears our own main frame only, and only messages of the right shape', async () => {
    await open()
    const say = (event: unknown, message: unknown) => fake.module.ipcMain.emit('tributary', event, message)
    say({ senderFrame: fake.frame }, { id: 1, method: 'graphs.list', params: {} })
    say({ senderFrame: { url: 'tributary://app/index.html' } }, { id: 2, method: 'graphs.list', params: {} })
    say({ senderFrame: fake.frame }, { id: 'x', method: 3 })
    say({ senderFrame: fake.frame }, 'text')
    fake.frame.url = 'https://evil.test/'
    say({ senderFrame: fake.frame }, { id: 3, method: 'graphs.list', params: {} })
    expect(rooms.heard.map(({ id }) => id)).toEqual([1])
  })

  it('gives way to an instance that already runs', async () => {
    fake = standIn(false)
    await open()
    expect(fake.app.quit).toHaveBeenCalledOnce()
    expect(fake.asked.options).toBeUndefined()
  })

  it('comes forward and opens the graph file when started a second time with one', async () => {
    await open()
    const folder = await mkdtemp(join(tmpdir(), 'shell-'))
    const file = join(folder, 'a.trib.json')
    await writeFile(file, '{"format":"tributary/graph"}')
    fake.app.emit('second-instance', {}, ['tributary', file])
    await vi.waitFor(() =>
      expect(fake.contents.send).toHaveBeenCalledWith('tributary', {
        push: 'shell.openText',
        payload: { name: 'a.trib.json', text: '{"format":"tributary/graph"}' },
      }),
    )
    expect(fake.window.restore).toHaveBeenCalled()
    expect(fake.window.focus).toHaveBeenCalled()
  })

  it('closes the house before it quits', async () => {
    await open()
    fake.app.emit('window-all-closed')
    await vi.waitFor(() => expect(fake.app.quit).toHaveBeenCalledOnce())
    expect(rooms.close).toHaveBeenCalledOnce()
  })
})

describe('the window’s own scheme', () => {
  it('answers files of the renderer with the policy, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'renderer-'))
    await writeFile(join(folder, 'index.html'), '<!doctype html>')
    await writeFile(join(folder, 'secret.gguf'), 'x')
    const policy = "default-src 'none'"
    const page = await answerFromFolder(folder, 'tributary://app/', policy)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toBe(policy)
    expect(await page.text()).toBe('<!doctype html>')
    for (const url of [
      'tributary://app/secret.gguf',
      'tributary://app/../../etc/passwd',
      'tributary://app/%2e%2e/%2e%2e/etc/passwd.html',
      'tributary://other/index.html',
      'tributary://app/none.js',
    ]) {
      expect((await answerFromFolder(folder, url, policy)).status, url).toBe(404)
    }
  })
})
