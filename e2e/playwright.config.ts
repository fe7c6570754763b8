import { execFileSync } from 'node:child_process'
import { availableParallelism, totalmem } from 'node:os'
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

/**
 * What Chromium is told to leave out. It reads one such list only, so Playwright's own stands here again (its `chromiumSwitches.ts`), and after it what would
 * start two processes more for every story: the address bar's lists, made as pages, and a spare process for a page that never comes. That is a quarter of a
 * story's processor time.
 */
const leftOut = [
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'TcpPortRandomizationWin',
  'ThirdPartyStoragePartitioning',
  'SpareRendererForSitePerProcess',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'WebUIOmniboxPopup',
]

/** Stories that hold the product to a time, or stop it at a moment that they must not miss: `npm test` runs nothing beside them. */
const alone = ['first-minutes.story.ts', 'interrupt.story.ts']

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // a window, a house and its models for each processor, while there are 4 GiB for each
  workers: Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 2 ** 32))),
  projects: [
    { name: 'stories', testMatch: '*.story.ts', testIgnore: alone },
    { name: 'alone', testMatch: alone },
  ],
  // A second try in CI is reported as flaky, not hidden: machines there do other work, too.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    // The view goes where it is sent at once: what is pressed next must not wait for, or hit, what still moves. Stories of the view itself have motion.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    // A trace costs a third of a story: made when one is tried again, or asked for by `--trace on`. What failed leaves a picture and the page's outline.
    trace: 'on-first-retry',
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
        `--disable-features=${leftOut.join()}`,
      ],
    },
  },
})
