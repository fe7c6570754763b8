import {
  ArrowLeft,
  ArrowRight,
  Command as CommandIcon,
  GitFork,
  Keyboard,
  Library,
  Map as MapIcon,
  Maximize,
  Search,
  ZoomIn,
  ZoomOut,
} from 'lucide-react'
import { openPanel, showsTab, togglePanel } from '../state/panels'
import { goAlong } from '../state/visits'
import { defineCommand } from './command'
import { hasGraph, selectedItems, sessionOf } from './helpers'

export default [
  defineCommand({
    id: 'fit',
    title: 'Fit all',
    group: 'View',
    icon: Maximize,
    keys: ['1'],
    menus: ['canvas'],
    isEnabled: hasGraph,
    run: (app) => app.canvas?.fit(),
  }),
  defineCommand({
    id: 'fit-selection',
    title: 'Fit the selection',
    group: 'View',
    keys: ['.', 'F'],
    isEnabled: (app) => hasGraph(app) && selectedItems(app).length > 0,
    run: (app) => app.canvas?.fit(selectedItems(app)),
  }),
  defineCommand({
    id: 'zoom-100',
    title: 'Zoom to 100 %',
    group: 'View',
    keys: ['0'],
    isEnabled: hasGraph,
    run: (app) => app.canvas?.zoomTo(1),
  }),
  defineCommand({
    id: 'zoom-in',
    title: 'Zoom in',
    group: 'View',
    icon: ZoomIn,
    keys: ['+', '='],
    isEnabled: hasGraph,
    run: (app) => app.canvas?.zoomBy(1.25),
  }),
  defineCommand({
    id: 'zoom-out',
    title: 'Zoom out',
    group: 'View',
    icon: ZoomOut,
    keys: ['-'],
    isEnabled: hasGraph,
    run: (app) => app.canvas?.zoomBy(0.8),
  }),
  defineCommand({
    id: 'minimap',
    title: 'Show or hide the map',
    group: 'View',
    icon: MapIcon,
    isEnabled: hasGraph,
    run: (app) => app.view.setState((view) => ({ minimap: !view.minimap })),
  }),
  defineCommand({
    id: 'variants',
    title: 'Variants A|B of a param',
    group: 'View',
    icon: GitFork,
    synonyms: ['fork', 'compare', 'try'],
    isEnabled: hasGraph,
    run: (app) =>
      showsTab(app.view.getState(), 'dock', 'variants') ? togglePanel(app.view, 'dock') : openPanel(app.view, 'dock', 'variants'),
  }),
  defineCommand({
    id: 'find',
    title: 'Find in this graph',
    group: 'View',
    icon: Search,
    keys: ['Mod+F'],
    inFields: true,
    isEnabled: hasGraph,
    run: (app) => {
      openPanel(app.view, 'left', 'outline')
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[data-testid="outline"] input')?.focus())
    },
  }),
  defineCommand({
    id: 'library',
    title: 'Library of published subgraphs',
    group: 'View',
    icon: Library,
    synonyms: ['reuse', 'component', 'update', 'versions'],
    isEnabled: hasGraph,
    run: (app) => {
      openPanel(app.view, 'left', 'library')
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[data-testid="library-panel"] input')?.focus())
    },
  }),
  defineCommand({
    id: 'place-back',
    title: 'Back to where I was',
    group: 'View',
    icon: ArrowLeft,
    keys: ['Mod+['],
    isEnabled: hasGraph,
    run: (app) => void goAlong(app, sessionOf(app), 'back'),
  }),
  defineCommand({
    id: 'place-forward',
    title: 'Forward again',
    group: 'View',
    icon: ArrowRight,
    keys: ['Mod+]'],
    isEnabled: hasGraph,
    run: (app) => void goAlong(app, sessionOf(app), 'forward'),
  }),
  defineCommand({
    id: 'commands',
    title: 'All commands',
    group: 'View',
    icon: CommandIcon,
    keys: ['Mod+K'],
    inFields: true,
    run: (app) => app.view.setState((view) => ({ overlay: view.overlay.type === 'commands' ? { type: 'none' } : { type: 'commands' } })),
  }),
  defineCommand({
    id: 'keys',
    title: 'Keyboard shortcuts',
    group: 'View',
    icon: Keyboard,
    keys: ['?'],
    run: (app) => app.view.setState({ overlay: { type: 'keys' } }),
  }),
]
