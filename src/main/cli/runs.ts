import { type GlobalOptions, withApp } from './options'
import { describeError, formatBytes, formatMs, printData, printJson, table } from './output'

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
        `${card.id}: ${card.graphName}, ${card.status}, ${formatMs(card.wallMs)}, ${card.tokens} tokens, peak ${formatBytes(card.peakBytes)}, seed ${card.seed}`,
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
