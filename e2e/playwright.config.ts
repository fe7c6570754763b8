import { execFileSync } from 'node:child_process'
import { defineConfig } from '@playwright/test'

/** A Chromium of the system when its name is given (or found), else Playwright's own. */
function systemChromium(): string | undefined {
  const name = process.env.TRIBUTARY_CHROMIUM
  if (name === '') return undefined
  try {
    return execFileSync('which', [name ?? 'chromium'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

const executablePath = systemChromium()

export default defineConfig({
  testDir: '.',
  testMatch: '*.story.ts',
  outputDir: '../test-results',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  workers: 1,
  // A second try in CI is reported as flaky, not hidden: machines there do other work, too.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
