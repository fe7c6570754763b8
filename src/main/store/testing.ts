import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { TributaryError } from '../../shared/errors'
import type { Diff } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import type { RunEvent } from '../../shared/run/events'
import { openStore, type RunBatch, type Store, type StoreOptions } from '.'

const folders: string[] = []
const opened: Store[] = []
afterEach(() => {
  for (const store of opened.splice(0)) store.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  folders.push(folder)
  return folder
}

export function open(folder: string = newFolder(), options: StoreOptions = {}): Store {
  const store = openStore(folder, options)
  opened.push(store)
  return store
}

export const document = (id: string, name = 'Test'): GraphDocument => ({
  format: 'tributary/graph',
  version: 1,
  id,
  name,
  models: {},
  subgraphs: {},
  interface: { inputs: {}, outputs: {} },
  nodes: {},
  wires: [],
  ui: { nodes: {}, frames: [], notes: [] },
})

export const noDiff = {} as unknown as Diff

export const newRun = (id: string, graph = 'g', startedAt = 1000) => ({
  id,
  document: document(graph),
  inputs: { question: 'why' },
  options: {},
  seed: 7,
  startedAt,
})

export const batch = (changes: Partial<RunBatch> = {}): RunBatch => ({
  events: [],
  execs: [],
  values: [],
  results: [],
  touched: [],
  ...changes,
})

export const warning = (run: string, seq: number): RunEvent => ({ e: 1, seq, t: seq, run, type: 'warn', message: `event ${seq}` })

export const noTotals = { wallMs: 1, loadMs: 0, promptMs: 0, decodeMs: 0, tokens: 0, peakBytes: 0, ran: 0, hits: 0 }

export function refusal(act: () => unknown): TributaryError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof TributaryError) return thrown
    throw thrown
  }
  throw new Error('it was not refused')
}
