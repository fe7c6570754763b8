import { serializeGraph } from '../../shared/graph/canonical'
import type { App } from '../app'
import { graphFromArgument } from './graph-argument'
import { type GlobalOptions, withApp } from './options'
import { printData, printJson, table } from './output'

export async function list(graph: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const versions = await app.handlers['graphs.versions']({ id: await storedId(graph, app) }, app.terminal)
    if (globals.json) printJson(versions)
    else {
      const rows = versions.map((version) => [
        `@${version.version}`,
        new Date(version.at).toISOString(),
        version.automatic ? '(automatic)' : version.name,
        version.summary,
      ])
      printData(table([['version', 'at', 'name', 'what is new'], ...rows]))
    }
    return 0
  })
}

export async function save(graph: string, name: string | undefined, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const params = { id: await storedId(graph, app), name: name ?? new Date().toISOString() }
    const version = await app.handlers['graphs.saveVersion'](params, app.terminal)
    if (globals.json) printJson(version)
    else printData(`saved as @${version.version}`)
    return 0
  })
}

export async function show(version: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const { document } = await graphFromArgument(version, app)
    process.stdout.write(serializeGraph(document))
    return 0
  })
}

const storedId = async (graph: string, app: App): Promise<string> => (await graphFromArgument(graph, app)).document.id
