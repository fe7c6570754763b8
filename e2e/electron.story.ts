import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, expect, test } from '@playwright/test'

/** The real window, where Electron's binary is. Its package brings none: it is fetched at the first start, which not every machine may do. */
const folder = resolve('node_modules/electron')
const pathFile = join(folder, 'path.txt')
const binary = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()) : undefined
const isHere = binary !== undefined && existsSync(binary)
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

if (!isHere || !hasDisplay) {
  console.warn(
    `\n!!! SKIPPED: the Electron window was not tested: ${isHere ? 'there is no display' : 'Electron’s binary is not on this machine (run npm start once with a network)'}.\n` +
      '!!! Its shell is tested against a stand-in of the electron module (src/main/shell), and everything else through serve.\n',
  )
}

test('the window opens isolated, runs a template, and closes', async () => {
  test.skip(!isHere || !hasDisplay, 'Electron’s binary or a display is missing; see the message above')
  const home = await mkdtemp(join(tmpdir(), 'tributary-electron-'))
  const app = await _electron.launch({
    args: [resolve('.')],
    ...(binary ? { executablePath: binary } : {}),
    env: { ...process.env, TRIBUTARY_HOME: home } as Record<string, string>,
  })
  try {
    const page = await app.firstWindow()
    expect(page.url()).toBe('tributary://app/index.html')
    const reach = await page.evaluate(() => ({
      node: typeof (globalThis as { require?: unknown }).require,
      bridge: Object.keys((globalThis as unknown as { tributary: object }).tributary).sort(),
    }))
    expect(reach).toEqual({ node: 'undefined', bridge: ['onMessage', 'send'] })
    await page.getByTestId('run-template-answer-from-documents').click()
    await expect(page.getByTestId('value-=answer')).toContainText('the red key is in oslo', { timeout: 30_000 })
  } finally {
    await app.close()
    await rm(home, { recursive: true, force: true })
  }
})
