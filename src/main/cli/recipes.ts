import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { TributaryError } from '../../shared/errors'
import { serializeGraph } from '../../shared/graph/canonical'
import type { Issue } from '../../shared/graph/issue'
import { graphOfFile, graphOfModel, graphOfText, mergekitOf } from '../api/recipes'
import type { DrawnGraph } from '../recipes/open'
import { graphFromArgument } from './graph-argument'
import { requireModel } from './models'
import { type GlobalOptions, withApp } from './options'
import { printData, printJson, printNote } from './output'

interface Out {
  readonly out?: string
}

const mostBytes = 8_000_000

/** A graph file or a MergeKit configuration becomes a stored graph, or, with --out, a graph file. */
export async function importFile(file: string, { out }: Out, globals: GlobalOptions): Promise<number> {
  const size = (await stat(file).catch(() => undefined))?.size
  if (size === undefined || size > mostBytes)
    throw new TributaryError('graph-not-found', size === undefined ? `There is no file ${file}.` : `${file} is too large for a graph.`)
  const text = await readFile(file, 'utf8')
  return withApp(globals, async (app) => {
    if (out !== undefined) return writeGraph(await graphOfText(app.house, text, file), out, globals)
    const { document, issues } = await app.handlers['graphs.import']({ text, file: basename(file) }, app.terminal)
    sayIssues(issues)
    if (globals.json) printJson({ id: document.id, name: document.name, issues })
    else printData(`${document.id}  ${document.name}`)
    return 0
  })
}

/** A stored graph or graph file as a graph file, or as a MergeKit configuration; on stdout unless --out says where. */
export async function exportGraph(
  argument: string,
  { out, mergekit }: Out & { mergekit?: boolean },
  globals: GlobalOptions,
): Promise<number> {
  return withApp(globals, async (app) => {
    const { document } = await graphFromArgument(argument, app)
    const { text, issues } = mergekit ? await mergekitOf(document) : { text: serializeGraph(document), issues: [] }
    sayIssues(issues)
    await give(text, out)
    return 0
  })
}

/** The graph that made a merged file or a model of the library. */
export async function recipe(argument: string, { out }: Out, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    if (existsSync(argument)) return writeGraph(await graphOfFile(resolve(argument), basename(argument)), out, globals)
    const { sha256 } = await requireModel(app, argument)
    return writeGraph(await graphOfModel(app.house, sha256 ?? ''), out, globals)
  })
}

async function writeGraph({ document, issues }: DrawnGraph, out: string | undefined, _globals: GlobalOptions): Promise<number> {
  sayIssues(issues)
  await give(serializeGraph(document), out)
  return 0
}

async function give(text: string, out: string | undefined): Promise<void> {
  if (out === undefined) printData(text.trimEnd())
  else await writeFile(out, text)
}

function sayIssues(issues: readonly Issue[]): void {
  for (const { severity, message } of issues) printNote(`${severity}: ${message}`)
}
