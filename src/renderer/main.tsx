import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { App } from './App'
import { connectHouse } from './api/connect'
import { runCommand } from './commands/registry'
import { listenToKeys } from './commands/shortcuts'
import { followAddress, keepAddress } from './form/form-state'
import { NoHouse } from './panels/NoHouse'
import { createApp, openText, startApp } from './state/app'
import { applyTheme } from './theme/apply'
import './theme/fonts.css'
import './theme/tokens.css'
import './theme/base.css'
import './theme/controls.css'
import './theme/shell.css'
import './theme/forced.css'

// The page's content security policy forbids code from strings, which zod would otherwise try.
z.config({ jitless: true })
applyTheme({ theme: 'system', motion: 'full' })

const root = createRoot(document.getElementById('root') as HTMLElement)
const house = connectHouse()
if (!house) {
  root.render(<NoHouse />)
  // The address with the token may be pasted over this one: only its fragment differs, so the browser would not load anew.
  window.addEventListener('hashchange', () => location.reload())
} else {
  const app = createApp(house, localStorage)
  app.catalog.subscribe(({ settings }, before) => {
    if (settings && settings !== before.settings) applyTheme(settings)
  })
  listenToKeys(app, window)
  house.client.on('shell.command', ({ command }) => runCommand(app, command))
  house.client.on('shell.openText', ({ text }) => void openText(app, text))
  root.render(
    <StrictMode>
      <App app={app} />
    </StrictMode>,
  )
  const address = location.hash
  keepAddress(app)
  void startApp(app)
  void followAddress(app, address)
  window.addEventListener('hashchange', () => void followAddress(app, location.hash))
}
