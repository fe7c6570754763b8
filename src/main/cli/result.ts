import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { App, RunOutcome } from '../app'
import { printData, printError, printJson, printNote } from './output'

export type RunResult = RunOutcome & { readonly run: string }

interface Output {
  readonly name: string
  readonly kind: string
  readonly value: unknown
}

/** Prints what the run gave: under --json one object; else a single text output raw, several under their names. */
export async function printResult(
  result: RunResult,
  document: GraphDocument,
  options: { json: boolean; silent: boolean },
  app: App,
): Promise<void> {
  const outputs = await readOutputs(result, app)
  if (options.json) {
    printJson({
      run: result.run,
      status: result.status,
      exit: result.exit,
      outputs: Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
      hashes: Object.fromEntries(Object.entries(result.outputs).map(([name, { sha }]) => [name, sha])),
      ...(result.error ? { error: result.error } : {}),
      totals: result.totals,
      ...(result.pinned ? { pinned: result.pinned } : {}),
    })
    return
  }
  if (result.error) printError(TributaryError.fromReport(result.error), false)
  if (result.pinned) printNote(`Pinned by hand, not computed: ${result.pinned.join(', ')}.`)
  if (options.silent) return
  const texts = outputs.filter(({ kind, value }) => kind === 'text' && typeof value === 'string')
  if (outputs.length === 1 || texts.length === 1) {
    const only = texts[0] ?? outputs[0]
    if (only) printData(asText(only))
    return
  }
  for (const output of outputs) printData(`# ${document.interface.outputs[output.name]?.doc ?? output.name}\n${asText(output)}\n`)
}

/** One file an output: text as `.txt` (Markdown is text), everything else as `.json`. */
export async function writeOutputs(folder: string, result: RunResult, _document: GraphDocument, app: App): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const output of await readOutputs(result, app)) {
    const isText = typeof output.value === 'string'
    await writeFile(join(folder, `${output.name}.${isText ? 'txt' : 'json'}`), `${asText(output)}\n`)
  }
}

async function readOutputs(result: RunResult, app: App): Promise<Output[]> {
  const outputs: Output[] = []
  for (const [name, { sha }] of Object.entries(result.outputs)) {
    const { kind, data } = await app.handlers['values.get']({ sha }, app.terminal)
    outputs.push({ name, kind, value: data })
  }
  return outputs
}

const asText = ({ value }: Output): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
