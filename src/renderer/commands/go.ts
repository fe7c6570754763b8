import type { LucideIcon } from 'lucide-react'
import { Boxes, Database, GitCompareArrows, History, Home, LayoutTemplate, Settings } from 'lucide-react'
import { setSettings } from '../state/settings'
import type { Screen } from '../state/view'
import { applyTheme } from '../theme/apply'
import { defineCommand } from './command'

const go = (screen: Screen, title: string, icon: LucideIcon) =>
  defineCommand({
    id: `go-${screen}`,
    title,
    group: 'Application',
    icon,
    run: (app) => app.view.setState({ screen, overlay: { type: 'none' } }),
  })

const theme = (name: 'system' | 'light' | 'dark') =>
  defineCommand({
    id: `theme-${name}`,
    title: `Theme: ${name}`,
    group: 'Application',
    synonyms: ['appearance', 'colour'],
    run: async (app) => applyTheme(await setSettings(app, { theme: name })),
  })

export default [
  go('home', 'Graphs', Home),
  go('templates', 'Templates', LayoutTemplate),
  go('models', 'Models', Boxes),
  go('datasets', 'Datasets', Database),
  go('runs', 'Runs', History),
  go('compare', 'Compare', GitCompareArrows),
  go('settings', 'Settings', Settings),
  theme('system'),
  theme('light'),
  theme('dark'),
]
