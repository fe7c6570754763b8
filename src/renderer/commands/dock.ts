import { type DockTab, dockTitles } from '../state/view'
import { defineCommand } from './command'
import { hasGraph } from './helpers'

const synonyms: Partial<Record<DockTab, readonly string[]>> = {
  timeline: ['gantt', 'replay', 'critical path'],
  tokens: ['distribution', 'top-k', 'trace'],
  weights: ['merge', 'heat map', 'delta'],
  problems: ['errors', 'issues'],
  runs: ['history'],
  log: ['events', 'warnings'],
}

/** A tab of the bottom panel each. Variants have a command of their own. */
export default (Object.keys(dockTitles) as DockTab[])
  .filter((tab) => tab !== 'variants')
  .map((tab) =>
    defineCommand({
      id: `dock-${tab}`,
      title: `Bottom panel: ${dockTitles[tab]}`,
      group: 'View',
      synonyms: synonyms[tab] ?? [],
      isEnabled: hasGraph,
      run: (app) => app.view.setState({ dock: tab }),
    }),
  )
