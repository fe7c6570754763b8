import './without-proto'
import { join } from 'node:path'
import * as electron from 'electron'
import { openApp } from './app'
import { CONTENT_SECURITY_POLICY } from './content-security-policy'
import { projectFolder, rendererFolder } from './folders'
import { openShell } from './shell/shell'

if (electron.app.isPackaged) process.env.TRIBUTARY_RESOURCES = join(process.resourcesPath, 'resources')

/** The window's door. Everything else is in the house that `openApp` builds; the models live in a process of their own, on plain Node. */
openShell({
  electron,
  preload: join(projectFolder(), 'out', 'preload', 'index.cjs'),
  rendererFolder: rendererFolder(),
  contentSecurityPolicy: CONTENT_SECURITY_POLICY,
  openApp: (dialogs) =>
    openApp({
      door: 'window',
      device: 'auto',
      dialogs,
      onMessage: (message) => void electron.dialog.showMessageBox({ type: 'warning', message }),
    }),
}).catch((error: unknown) => {
  electron.dialog.showErrorBox('Tributary could not start', error instanceof Error ? error.message : String(error))
  electron.app.exit(1)
})
