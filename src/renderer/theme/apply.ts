import type { Settings } from '../../shared/api'

/** Sets the theme and the amount of motion on the page. `system` follows the system, also while it changes. */
let current: Pick<Settings, 'theme' | 'motion'> = { theme: 'system', motion: 'full' }

export function applyTheme(settings: Pick<Settings, 'theme' | 'motion'>): void {
  current = settings
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  document.documentElement.dataset.theme = settings.theme === 'system' ? (dark ? 'dark' : 'light') : settings.theme
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  document.documentElement.dataset.motion = still ? 'reduced' : settings.motion
}

if (typeof matchMedia !== 'undefined')
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)'])
    matchMedia(query).addEventListener('change', () => applyTheme(current))
