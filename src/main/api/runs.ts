import { randomBytes } from 'node:crypto'
import type { Handlers, RunCard, RunRequest } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { isJsonObject, type Json } from '../../shared/json'
import type { Pins } from '../../shared/run/control'
import type { RunEvent } from '../../shared/run/events'
import type { RunHandle } from '../executor'
import type { RunRow } from '../store'
import type { House } from './house'
import { runVariants } from './variants'

type RunMethods = Exclude<Extract<keyof Handlers, `runs.${string}`>, 'runs.export' | 'runs.import'> | 'values.get'

/** Runs: started, watched, stopped, listed. Every view of a run is a fold of its events; these handlers only pass them on. */
export function runHandlers(house: House): Pick<Handlers, RunMethods> {
  const { store, executor } = house
  const active = house.activeRuns
  const watches = new Map<string, () => void>()
  const watchKey = (client: string, run: string) => `${client} ${run}`

  const started = (handle: RunHandle, graph: string): { run: string } => {
    active.set(handle.id, handle)
    house.broadcast('run.listChanged', { graph })
    handle.done.finally(() => {
      active.delete(handle.id)
      house.broadcast('run.listChanged', { graph })
    })
    return { run: handle.id }
  }

  return {
    'runs.plan': (request) =>
      house.planRun({ document: store.graphs.get(request.graph).document, inputs: request.inputs, options: optionsOf(request) }),
    'runs.start': async (request) => {
      const { document } = store.graphs.get(request.graph)
      await house.prepareRun(document)
      return started(executor.start({ document, inputs: request.inputs, options: optionsOf(request) }), document.id)
    },
    'runs.startVariants': async ({ graph, inputs, scope, node, param, values, seed }) => {
      const { document } = store.graphs.get(graph)
      await house.prepareRun(document)
      const group = house.newId('v')
      const first = runVariants({ scope, node, param, values }, document, { inputs, group, seed: seed ?? randomSeed() }, (request) => {
        const handle = executor.start(request)
        started(handle, graph)
        return handle
      })
      return { run: first.id }
    },
    'runs.rerun': async ({ run, document: which, from, cache }) => {
      const row = store.runs.get(run)
      const document = which === 'then' ? store.runs.document(run) : store.graphs.get(row.graph).document
      await house.prepareRun(document)
      const options = { seed: row.seed, cache, ...(from === undefined ? {} : { from: [from], fromRun: run }) }
      return started(executor.start({ document, inputs: row.inputs as Record<string, unknown>, options }), row.graph)
    },
    'runs.card': ({ run }) => cardOf(store.runs.get(run)),
    'runs.resume': async ({ run }) => {
      const row = store.runs.get(run)
      await house.prepareRun(store.runs.document(run))
      return started(executor.resume(run), row.graph)
    },
    'runs.stop': ({ run }) => {
      active.get(run)?.stop()
      return null
    },
    'runs.continue': ({ run, step }) => {
      const handle = active.get(run)
      if (step) handle?.step()
      else handle?.resume()
      return null
    },
    'runs.choose': ({ run, node, choice }) => {
      active.get(run)?.choose(node, choice)
      return null
    },
    'runs.list': ({ graph, limit, search }) =>
      store.runs.list({ limit, ...(graph === undefined ? {} : { graph }), ...(search === undefined ? {} : { search }) }).map(cardOf),
    'runs.events': ({ run, since }) => {
      store.runs.get(run)
      return store.runs.events(run, since)
    },
    'runs.watch': ({ run, since }, context) => {
      watches.get(watchKey(context.client, run))?.()
      const handle = active.get(run)
      let next = since
      const push = (events: readonly RunEvent[]) => {
        const fresh = events.filter((event) => event.seq >= next)
        const last = fresh.at(-1)
        if (!last) return
        next = last.seq + 1
        context.push('run.events', { run, events: fresh })
      }
      // Subscribing first and reading the store second leaves no gap; `push` drops what arrives twice.
      const leave = handle?.subscribe(push)
      push(store.runs.events(run, since))
      if (leave) watches.set(watchKey(context.client, run), leave)
      handle?.done.finally(() => watches.delete(watchKey(context.client, run)))
      return null
    },
    'runs.unwatch': ({ run }, context) => {
      watches.get(watchKey(context.client, run))?.()
      watches.delete(watchKey(context.client, run))
      return null
    },
    'runs.snapshot': ({ run }) => ({ document: store.runs.document(run), inputs: store.runs.get(run).inputs as Record<string, unknown> }),
    'runs.mark': ({ run, star, tags, note, verdict }) => {
      store.runs.mark(run, {
        ...(star === undefined ? {} : { star }),
        ...(tags === undefined ? {} : { tags }),
        ...(note === undefined ? {} : { note }),
        ...(verdict === undefined ? {} : { verdict }),
      })
      house.broadcast('run.listChanged', { graph: store.runs.get(run).graph })
      return null
    },
    'runs.delete': ({ run }) => {
      if (active.has(run)) throw new TributaryError('not-allowed', 'This run is still going.', { hint: 'Stop it first.' })
      const { graph } = store.runs.get(run)
      store.runs.delete(run)
      house.broadcast('run.listChanged', { graph })
      return null
    },
    'values.get': ({ sha }) => {
      const { kind, list, data } = store.values.get(sha)
      return { kind, list, data }
    },
  }
}

export function optionsOf(request: RunRequest) {
  return {
    ...(request.to === undefined ? {} : { to: request.to }),
    ...(request.from === undefined ? {} : { from: [request.from] }),
    ...(request.fromRun === undefined ? {} : { fromRun: request.fromRun }),
    ...(request.only === undefined ? {} : { only: request.only }),
    ...(request.seed === undefined ? {} : { seed: request.seed }),
    ...(request.refresh === undefined ? {} : { refresh: request.refresh }),
    ...(request.pins === undefined || Object.keys(request.pins).length === 0 ? {} : { pins: request.pins }),
    ...(request.breakpoints === undefined ? {} : { breakpoints: request.breakpoints }),
    ...(request.wireBreaks === undefined ? {} : { wireBreaks: request.wireBreaks }),
    ...(request.tokenBreaks === undefined ? {} : { tokenBreaks: request.tokenBreaks }),
    cache: request.cache ?? 'use',
  } as const
}

export function cardOf(row: RunRow): RunCard {
  return {
    id: row.id,
    graph: row.graph,
    graphName: row.graphName,
    status: row.status,
    startedAt: row.startedAt,
    wallMs: row.totals?.wallMs ?? (row.endedAt === undefined ? Date.now() - row.startedAt : row.endedAt - row.startedAt),
    tokens: row.totals?.tokens ?? 0,
    peakBytes: row.totals?.peakBytes ?? 0,
    outputs: Object.entries(row.outputs).map(([name, output]) => ({ name, preview: asText(output.preview) })),
    ...(row.error === undefined ? {} : { error: row.error }),
    star: row.star,
    tags: row.tags,
    note: row.note,
    ...(row.verdict === undefined ? {} : { verdict: row.verdict }),
    seed: row.seed,
    pinned: pinnedIn(row.options),
    guided: row.totals?.guided ?? [],
    held: row.totals?.held ?? 0,
    resumable: row.status === 'stopped' || row.status === 'failed',
    inputs: Object.entries(isJsonObject(row.inputs) ? row.inputs : {}).map(([name, value]) => ({
      name,
      preview: asText(value).slice(0, 300),
    })),
    ...variantOf(row.options),
  }
}

function variantOf(options: Json): Pick<RunCard, 'variant'> {
  const variant = isJsonObject(options) ? options.variant : undefined
  return variant === undefined ? {} : { variant: variant as unknown as NonNullable<RunCard['variant']> }
}

const randomSeed = (): number => randomBytes(4).readUInt32LE()

/** Options were written by the executor. */
function pinnedIn(options: Json): string[] {
  const { pins } = options as { readonly pins?: Pins }
  return Object.keys(pins ?? {})
}

const asText = (preview: Json): string => (typeof preview === 'string' ? preview : JSON.stringify(preview))
