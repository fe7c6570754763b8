import { Columns2, PanelBottom, PanelLeft, PanelRight, Rows2 } from 'lucide-react'
import type { App } from '../state/app'
import { joinPanel, openPanel, type PanelId, type PanelTab, panelFacts, panelTabs, splitPanel, togglePanel } from '../state/panels'
import { defineCommand } from './command'
import { hasGraph } from './helpers'

const look = {
  left: { id: 'left-panel', keys: ['Mod+\\'], icon: PanelLeft, synonyms: ['list of nodes', 'palette', 'outline', 'sidebar'] },
  dock: { id: 'dock', keys: ['Mod+`'], icon: PanelBottom, synonyms: ['timeline', 'log'] },
  inspector: { id: 'inspector', keys: ['Mod+Alt+\\'], icon: PanelRight, synonyms: ['params', 'properties'] },
} as const

const isSplit = (app: App, panel: PanelId) => app.view.getState().panels[panel].tabs.length === 2

const wholePanel = (panel: PanelId) => [
  defineCommand({
    id: look[panel].id,
    title: `Show or hide the ${panelFacts[panel].name}`,
    group: 'View',
    icon: look[panel].icon,
    keys: look[panel].keys,
    synonyms: look[panel].synonyms,
    isEnabled: hasGraph,
    run: (app) => togglePanel(app.view, panel),
  }),
  defineCommand({
    id: `${panel}-split`,
    title: `Split the ${panelFacts[panel].name}, or show one half`,
    group: 'View',
    icon: panelFacts[panel].split === 'beside' ? Columns2 : Rows2,
    synonyms: ['side by side', 'two tabs', 'halves', 'above', 'below'],
    isEnabled: hasGraph,
    run: (app) => (isSplit(app, panel) ? joinPanel(app.view, panel) : splitPanel(app.view, panel)),
  }),
]

const synonyms: { readonly [tab: string]: readonly string[] } = {
  timeline: ['gantt', 'replay', 'critical path'],
  tokens: ['distribution', 'top-k', 'trace'],
  weights: ['merge', 'heat map', 'delta'],
  problems: ['errors', 'issues'],
  runs: ['history'],
  log: ['events', 'warnings'],
  why: ['provenance', 'formula', 'reason'],
}

/** A tab each. Those of the left panel and the variants have commands of their own, which lead the keys there, too. */
const tabOf = <P extends 'dock' | 'inspector'>(panel: P, title: string) =>
  (Object.entries(panelTabs[panel]) as [PanelTab<P>, string][])
    .filter(([tab]) => tab !== 'variants')
    .map(([tab, name]) =>
      defineCommand({
        id: `${panel}-${tab}`,
        title: `${title}: ${name}`,
        group: 'View',
        synonyms: synonyms[tab] ?? [],
        isEnabled: hasGraph,
        run: (app) => openPanel(app.view, panel, tab),
      }),
    )

export default [
  ...wholePanel('left'),
  ...wholePanel('inspector'),
  ...wholePanel('dock'),
  ...tabOf('dock', 'Bottom panel'),
  ...tabOf('inspector', 'Inspector'),
]
