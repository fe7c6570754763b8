import { readFile, writeFile } from 'node:fs/promises'
import { TributaryError } from '../../shared/errors'
import { type GlobalOptions, withApp } from './options'
import { describeError, formatBytes, formatMs, printData, printJson, table, tokensText } from './output'

export async function list(options: { limit: number }, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const runs = await app.handlers['runs.list']({ limit: options.limit }, app.terminal)
    if (globals.json) printJson(runs)
    else {
      const rows = runs.map((run) => [
        run.id,
        run.graphName,
        run.status,
        new Date(run.startedAt).toISOString(),
        formatMs(run.wallMs),
        `${run.tokens}`,
        run.outputs[0]?.preview.split('\n')[0]?.slice(0, 60) ?? '',
      ])
      printData(table([['run', 'graph', 'status', 'started', 'took', 'tokens', 'output'], ...rows]))
    }
    return 0
  })
}

export async function show(id: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const card = await app.runCard(id)
    if (globals.json) printJson(card)
    else {
      printData(
        `${card.id}: ${card.graphName}, ${card.status}, ${formatMs(card.wallMs)}, ${tokensText(card.tokens)}, peak ${formatBytes(card.peakBytes)}, seed ${card.seed}`,
      )
      if (card.error) printData(describeError(card.error))
      for (const output of card.outputs) printData(`\n# ${output.name}\n${output.preview}`)
    }
    return 0
  })
}

/** The run's events as NDJSON: what any view was drawn from. */
export async function replay(id: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    for (const event of await app.handlers['runs.events']({ run: id, since: 0 }, app.terminal)) printData(JSON.stringify(event))
    return 0
  })
}

export async function remove(id: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    await app.handlers['runs.delete']({ run: id }, app.terminal)
    if (globals.json) printJson({ removed: id })
    else printData(`removed ${id}`)
    return 0
  })
}

/** The run as one zip that opens anywhere. */
export async function exportBundle(id: string, options: { out?: string }, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const { fileName, base64 } = await app.handlers['runs.export']({ run: id }, app.terminal)
    const path = options.out ?? fileName
    await writeFile(path, Buffer.from(base64, 'base64'))
    if (globals.json) printJson({ file: path })
    else printData(path)
    return 0
  })
}

export async function importBundle(file: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const bytes = await readFile(file).catch((cause) => {
      throw new TributaryError('file-unreadable', `${file} cannot be read.`, { place: { file }, cause })
    })
    const opened = await app.handlers['runs.import']({ base64: bytes.toString('base64') }, app.terminal)
    if (globals.json) printJson(opened)
    else printData(`${opened.run} of ${opened.graph}`)
    return 0
  })
}
