import { Download, FilePlus2, FileUp, GitCompareArrows, History, Save, X } from 'lucide-react'
import { chooseFile, saveFile } from '../parts/files'
import { commandFor } from '../parts/terminal-command'
import { type App, adopt, closeTab, createGraph } from '../state/app'
import { openPanel } from '../state/panels'
import { inputsOf } from '../state/running'
import { toast } from '../state/view'
import { showDiff } from '../versions/looking'
import { defineCommand } from './command'
import { hasGraph, sessionOf } from './helpers'

async function exportGraph(app: App): Promise<void> {
  const session = sessionOf(app)
  await session.autosave.settled()
  const { fileName, text } = await app.client.call('graphs.export', { id: session.id })
  saveFile(fileName, text, 'application/json')
  toast(app.view, 'good', `Exported ${fileName}.`, { hint: `Run it anywhere: npx tributary run ${fileName}` })
}

async function exportMergekit(app: App): Promise<void> {
  const session = sessionOf(app)
  await session.autosave.settled()
  const { fileName, text, issues } = await app.client.call('graphs.exportMergekit', { id: session.id })
  saveFile(fileName, text, 'application/yaml')
  const [first] = issues
  toast(app.view, first ? 'info' : 'good', `Exported ${fileName}.`, first ? { hint: issues.map(({ message }) => message).join(' ') } : {})
}

async function importGraph(app: App): Promise<void> {
  const file = await chooseFile('.json,.yml,.yaml,application/json')
  if (file) await adopt(app, await app.client.call('graphs.import', { text: await file.text(), file: file.name }))
}

/** Whether the graph has a Write model node: only a merge can be a configuration. */
const writesModel = (app: App): boolean =>
  Object.values(sessionOf(app).document.getState().document.nodes).some(({ type }) => type === 'write-model')

export default [
  defineCommand({
    id: 'new-graph',
    title: 'New graph',
    group: 'Graph',
    icon: FilePlus2,
    keys: ['Alt+N'],
    run: async (app) => void (await createGraph(app, '')),
  }),
  defineCommand({
    id: 'import',
    title: 'Import a graph or MergeKit file…',
    group: 'Graph',
    icon: FileUp,
    keys: ['Mod+O'],
    synonyms: ['open', 'load', 'json', 'yaml', 'mergekit'],
    run: importGraph,
  }),
  defineCommand({
    id: 'export',
    title: 'Export as a JSON file',
    group: 'Graph',
    icon: Download,
    keys: ['Mod+Alt+E'],
    synonyms: ['save', 'download'],
    isEnabled: hasGraph,
    run: exportGraph,
  }),
  defineCommand({
    id: 'export-mergekit',
    title: 'Export the merge as a MergeKit file',
    group: 'Graph',
    icon: Download,
    synonyms: ['yaml', 'mergekit', 'config'],
    isEnabled: (app) => hasGraph(app) && writesModel(app),
    run: exportMergekit,
  }),
  defineCommand({
    id: 'save-version',
    title: 'Save a named version',
    group: 'Graph',
    icon: Save,
    keys: ['Mod+S'],
    inFields: true,
    isEnabled: hasGraph,
    run: (app) => app.view.setState({ overlay: { type: 'save-version' } }),
  }),
  defineCommand({
    id: 'versions',
    title: 'Versions of this graph',
    group: 'Graph',
    icon: History,
    synonyms: ['history', 'diff', 'compare', 'restore', 'go back'],
    isEnabled: hasGraph,
    run: (app) => openPanel(app.view, 'left', 'versions'),
  }),
  defineCommand({
    id: 'what-changed',
    title: 'What changed since the last version',
    group: 'Graph',
    icon: GitCompareArrows,
    synonyms: ['diff', 'compare'],
    isEnabled: hasGraph,
    run: async (app) => {
      const session = sessionOf(app)
      const [last] = await app.client.call('graphs.versions', { id: session.id })
      openPanel(app.view, 'left', 'versions')
      if (last) await showDiff(app, session, last, undefined)
    },
  }),
  defineCommand({
    id: 'duplicate-graph',
    title: 'Duplicate this graph',
    group: 'Graph',
    isEnabled: hasGraph,
    run: async (app) => void (await adopt(app, await app.client.call('graphs.duplicate', { id: sessionOf(app).id }))),
  }),
  defineCommand({
    id: 'close-tab',
    title: 'Close this tab',
    group: 'Graph',
    icon: X,
    keys: ['Alt+W'],
    isEnabled: hasGraph,
    run: (app) => closeTab(app, sessionOf(app).id),
  }),
  defineCommand({
    id: 'copy-command',
    title: 'Copy as a command for the terminal',
    group: 'Graph',
    isEnabled: hasGraph,
    synonyms: ['cli', 'terminal', 'headless'],
    run: async (app) => {
      const session = sessionOf(app)
      await session.autosave.settled()
      const { seed, status } = session.run.getState().state
      await navigator.clipboard.writeText(
        commandFor({
          graph: session.id,
          inputs: inputsOf(session),
          seed: status === 'done' ? seed : undefined,
          home: app.catalog.getState().system?.dataFolder,
        }),
      )
      toast(app.view, 'good', 'Copied the command.', {
        hint: 'In a terminal it gives the same answer: same graph, same inputs, same seed.',
      })
    },
  }),
]
