import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { Issue } from '../../shared/graph/issue'
import { graphLimits } from '../../shared/graph/limits'
import { loadGraph } from '../../shared/graph/load'
import type { App } from '../app'

export interface LoadedGraph {
  readonly document: GraphDocument
  readonly issues: readonly Issue[]
  /** what to call it in a message */
  readonly label: string
}

/**
 * A graph as a command line names it: a file, `template:ID`, the id or name of a stored graph, one of its versions (`NAME@12`), or the graph that a run
 * ran (`r_…`). What is a file is a file, whatever its name looks like.
 */
export async function graphFromArgument(argument: string, app: App, options: { real?: boolean } = {}): Promise<LoadedGraph> {
  if (argument.startsWith('template:'))
    return { document: await app.template(argument.slice(9), options.real === true), issues: [], label: argument }
  if (existsSync(argument) && /\.ya?ml$/i.test(argument)) {
    const { graphOfText } = await import('../api/recipes')
    const { document, issues } = await graphOfText(app.house, await readFile(argument, 'utf8'), argument)
    return { document, issues, label: argument }
  }
  if (existsSync(argument)) return graphFromFile(argument)
  if (/^r_[0-9a-z]+$/.test(argument)) {
    const { document } = await app.handlers['runs.snapshot']({ run: argument }, app.terminal)
    return { document, issues: [], label: argument }
  }
  const graphs = await app.handlers['graphs.list']({}, app.terminal)
  const named = (name: string) => graphs.find((graph) => graph.id === name) ?? graphs.find((graph) => graph.name === name)
  const stored = named(argument)
  const [, name = '', version = ''] = /^(.+)@(\d{1,9})$/.exec(argument) ?? []
  const versioned = stored ? undefined : named(name)
  if (versioned) {
    const document = await app.handlers['graphs.version']({ id: versioned.id, version: Number(version) }, app.terminal)
    return { document, issues: [], label: argument }
  }
  if (!stored) {
    throw new TributaryError('graph-not-found', `There is no file, stored graph, version, run or template “${argument}”.`, {
      hint:
        graphs.length > 0
          ? `Stored graphs: ${graphs
              .slice(0, 8)
              .map((graph) => graph.name || graph.id)
              .join(', ')}.`
          : 'Give the path of a .trib.json file.',
    })
  }
  const opened = await app.handlers['graphs.open']({ id: stored.id }, app.terminal)
  return { document: opened.document, issues: opened.issues, label: stored.name || stored.id }
}

export async function graphFromFile(path: string): Promise<LoadedGraph> {
  const facts = await stat(path).catch(() => undefined)
  if (!facts) throw new TributaryError('graph-not-found', `There is no file ${path} that can be read.`, { place: { file: path } })
  if (facts.isDirectory()) throw new TributaryError('graph-format', `${path} is a folder, not a graph file.`, { place: { file: path } })
  if (facts.size > graphLimits.bytes)
    throw new TributaryError(
      'graph-too-large',
      `${basename(path)} has ${facts.size} bytes; a graph file has at most ${graphLimits.bytes}.`,
      { place: { file: path } },
    )
  if (/\.ya?ml$/i.test(path)) {
    const { openMergekit } = await import('../recipes/open')
    return { ...openMergekit(await readFile(path, 'utf8'), []), label: path }
  }
  const loaded = loadGraph(await readFile(path, 'utf8'), { file: basename(path) })
  if (!loaded.ok) throw TributaryError.fromReport({ ...loaded.error, file: path })
  return { document: loaded.document, issues: loaded.issues, label: path }
}
