import type { Handlers, ResourceCard } from '../../shared/api'
import { columnTypes } from '../../shared/batch/columns'
import { TributaryError } from '../../shared/errors'
import type { Json, JsonObject } from '../../shared/json'
import type { Dataset } from '../../shared/value'
import type { RunRow } from '../store'
import type { House } from './house'

type DatasetMethods = Extract<keyof Handlers, `datasets.${string}`>

const tables = /\.(?:csv|tsv|jsonl|ndjson)$/i
const kept = 3

/** Tables that a person chose or that ship with the application, and those made of past runs. */
export function datasetHandlers(house: House): Pick<Handlers, DatasetMethods> {
  const { resources, store } = house
  const read = datasetReader(house)
  const isGrowable = (card: ResourceCard): boolean => card.kind === 'text' && /\.jsonl$/i.test(card.location)

  return {
    'datasets.list': async () => {
      const cards = (await resources.list()).filter(
        ({ kind, id, location }) => kind !== 'folder' && tables.test(kind === 'sample' ? id : location),
      )
      return cards.map((card) => ({
        source: card.id,
        name: card.name,
        sample: card.kind === 'sample',
        sizeBytes: card.sizeBytes,
        growable: isGrowable(card),
      }))
    },
    'datasets.rows': async ({ source, from, count }) => {
      const { name, columns, rows } = await read(source)
      return { name, columns: columnTypes(columns, rows), total: rows.length, from, rows: rows.slice(from, from + count) }
    },
    'datasets.fromRuns': async ({ graph, runs, starred }) => {
      const listed = runs ? runs.map((id) => store.runs.get(id)) : store.runs.list({ graph, limit: 1000 })
      const chosen = listed.filter((run) => run.graph === graph && run.status === 'done' && (runs !== undefined || !starred || run.star))
      if (chosen.length === 0)
        throw new TributaryError('data-empty', 'There is no run of this graph that ended well.', {
          hint: 'Run the graph, or choose other runs.',
        })
      const lines = [...chosen].reverse().map((run) => JSON.stringify(caseOf(house, run)))
      const card = await resources.addText(`Runs of ${nameOf(chosen[0]!)}.jsonl`, `${lines.join('\n')}\n`)
      return { source: card.id, rows: lines.length }
    },
    'datasets.addCase': async ({ run, source }) => {
      const row = store.runs.get(run)
      if (row.status !== 'done')
        throw new TributaryError('not-allowed', 'Only a run that ended well can become a test case.', {
          hint: 'Its outputs are what will be expected.',
        })
      const line = JSON.stringify(caseOf(house, row))
      const name = `Test cases of ${nameOf(row)}.jsonl`
      const cards = await resources.list()
      const card = cards.find((candidate) => (source === undefined ? candidate.name === safe(name) : candidate.id === source))
      if (source !== undefined && (!card || !isGrowable(card)))
        throw new TributaryError('not-allowed', 'Rows can only be added to a JSONL dataset that was made here.', {
          hint: 'Leave the dataset open, and one of test cases is made.',
        })
      if (card && isGrowable(card)) {
        const rows = await resources.appendLine(card.id, line)
        return { source: card.id, name: card.name, rows }
      }
      const made = await resources.addText(name, `${line}\n`)
      return { source: made.id, name: made.name, rows: 1 }
    },
  }
}

/** Datasets by source; the last few are kept while their content stays the same. */
export function datasetReader({ resources }: Pick<House, 'resources'>): (source: string) => Promise<Dataset> {
  const known = new Map<string, { readonly print: string; readonly dataset: Dataset }>()
  return async (source) => {
    const print = await resources.fingerprint(source)
    const there = known.get(source)
    if (there?.print === print) return there.dataset
    const dataset = await resources.dataset(source, new AbortController().signal)
    known.delete(source)
    known.set(source, { print, dataset })
    if (known.size > kept) known.delete(known.keys().next().value ?? '')
    return dataset
  }
}

/** A row that asks what the run asked and expects what it answered; an output called like an input gets a longer name. */
function caseOf({ store }: House, run: RunRow): JsonObject {
  const inputs = run.inputs as JsonObject
  const names = Object.keys(run.outputs)
  const outputs = names.map((name): [string, Json] => {
    const column = names.length === 1 ? 'expected' : name
    return [Object.hasOwn(inputs, column) ? `expected_${name}` : column, store.values.get(run.outputs[name]!.sha).data as Json]
  })
  return { ...inputs, ...Object.fromEntries(outputs) }
}

const nameOf = (run: RunRow): string => run.graphName || 'Untitled'
/** as the room of resources writes names of files */
const safe = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N} ._-]/gu, '_')
    .slice(-100)
