import type { Asked } from '../../shared/graph/asked'
import type { NodeUsage } from '../../shared/run/events'
import type { ModelRef } from '../../shared/value'
import type { DecodeCall, Decoded, DecodeProgram, ModelEvent, TokenHold } from '../models/model'
import type { NodeModels, RunContext, WeightsRuntime } from '../node-runtime'
import { Counting } from './counting'
import type { RunState } from './run-state'
import type { StopSwitch } from './stop-switch'
import { addUsage, type MutableUsage } from './usage'

export interface ContextRequest {
  readonly run: RunState
  /** of the node: stops with the run, and when its own time is up */
  readonly stop: StopSwitch
  readonly path: string
  /** the path without numbers of items */
  readonly place: string
  readonly asked?: Asked | undefined
  readonly seed: number
  readonly usage: MutableUsage
  /** keys of the blobs that the node wrote */
  readonly blobKeys: Set<string>
  /** told when a person chose a token of what the node writes */
  readonly onChoice: () => void
}

/**
 * What one attempt of a node sees of the world. Everything it does is told to the log under its path. Most nodes of a large graph ask for nothing of it,
 * so each part is made when it is asked for; the parts may be taken out of the context, as functions of their own.
 */
export const createContext = (request: ContextRequest): RunContext => new NodeContext(request)

class NodeContext implements RunContext {
  readonly #request: ContextRequest
  #models: NodeModels | undefined
  #counting: Counting | undefined

  constructor(request: ContextRequest) {
    this.#request = request
  }

  get nodeId(): string {
    return this.#request.path
  }
  get signal(): AbortSignal {
    return this.#request.stop.signal
  }
  get asked(): Asked | undefined {
    return this.#request.asked
  }
  get seed(): number {
    return this.#request.seed
  }
  get models(): NodeModels {
    this.#models ??= createModels(this.#request, this.#getCounting())
    return this.#models
  }
  get progress(): RunContext['progress'] {
    const counting = this.#getCounting()
    return (done, total, unit) => counting.own(done, total, unit)
  }
  get metric(): RunContext['metric'] {
    const { run, path: node } = this.#request
    return (name, value, of) => run.log.state({ type: 'metric', node, name, value, ...of })
  }
  get stream(): RunContext['stream'] {
    const { run, path: node } = this.#request
    return (text) => run.log.progress({ type: 'token', node, text, tokens: 0, accepted: 0, rejected: 0 })
  }
  get warn(): RunContext['warn'] {
    const { run, path: node } = this.#request
    return (message) => run.log.state({ type: 'warn', node, message })
  }
  get blobs(): RunContext['blobs'] {
    const { run, blobKeys, usage } = this.#request
    const { blobs } = run.parts.store
    const { fill } = blobs
    return {
      put: async (bytes) => {
        const key = blobs.put(bytes)
        if (!blobKeys.has(key)) usage.writtenBytes += bytes.length
        blobKeys.add(key)
        return key
      },
      get: async (key) => blobs.get(key),
      path: async (key) => blobs.path(key),
      ...(fill && {
        fill: async (bytes: number, write: (path: string) => Promise<void>) => {
          const key = await fill(bytes, write)
          if (!blobKeys.has(key)) usage.writtenBytes += bytes
          blobKeys.add(key)
          return key
        },
      }),
    }
  }
  get resources(): RunContext['resources'] {
    return this.#request.run.parts.resources
  }
  get weights(): RunContext['weights'] {
    const { run, usage } = this.#request
    return counted(run.parts.weights, usage)
  }
  #getCounting(): Counting {
    const { run, path: node } = this.#request
    this.#counting ??= new Counting((done, total, unit) => run.log.progress({ type: 'node.progress', node, done, total, unit }))
    return this.#counting
  }
}

/** What is written to disk is counted. */
function counted(weights: WeightsRuntime, usage: MutableUsage): WeightsRuntime {
  const { write, keepAdapter } = weights
  return {
    ...weights,
    write: async (request, call) => {
      const written = await write(request, call)
      usage.writtenBytes += written.sizeBytes
      return written
    },
    ...(keepAdapter && {
      keepAdapter: async (adapter) => {
        const kept = await keepAdapter(adapter)
        for (const { length } of Object.values(adapter.files)) usage.writtenBytes += length
        return kept
      },
    }),
  }
}

/** Pauses what the node writes before the tokens that the person asked for. */
function holdOf({ run, stop, path: node, place, onChoice }: ContextRequest): TokenHold | undefined {
  const { breaks, log } = run
  const when = breaks.tokensAt(place)
  if (when.length === 0) return undefined
  return {
    when,
    async ask(held, reason) {
      if (!breaks.pausesTokens(place)) return { step: false }
      const answer = await breaks.waitAtToken(stop, node, () => log.state({ type: 'break.token', node, reason, held }))
      const { choice } = answer
      if (choice !== undefined) onChoice()
      log.state({ type: 'break.left', node, ...(choice === undefined ? {} : { choice }) })
      return answer
    },
  }
}

function createModels(request: ContextRequest, counting: Counting): NodeModels {
  const { run, path: node, usage } = request
  const { signal } = request.stop
  const hold = holdOf(request)
  const { log, parts } = run
  const { pool } = parts.models
  let counted = 0
  const noticed = new Set<string>()
  const count = (more: NodeUsage): void => {
    counted++
    addUsage(usage, more)
  }
  const onEvent = (event: ModelEvent): void => {
    switch (event.type) {
      case 'load-start':
        log.state({ type: 'model.load.start', node, model: event.model, sizeBytes: event.sizeBytes })
        break
      case 'load-progress':
        log.progress({ type: 'model.load.progress', node, model: event.model, fraction: event.fraction })
        break
      case 'load-end':
        usage.loadMs += event.ms
        log.state({ type: 'model.load.end', node, model: event.model, ms: event.ms, memoryBytes: event.memoryBytes })
        break
      case 'notice':
        if (!noticed.has(event.message)) log.state({ type: 'warn', node, message: event.message })
        noticed.add(event.message)
        break
      case 'prompt':
        log.state({ node, ...event, type: 'model.prompt' })
        break
      case 'prompt-progress':
        if (counting.tellsTokens) log.progress({ type: 'prompt.progress', node, done: event.done, total: event.total })
        break
      case 'texts-progress':
        counting.texts(event.done, event.total)
        break
      case 'progress':
        log.progress({ type: 'node.progress', node, done: event.done, total: event.total, unit: event.unit })
        break
      case 'usage':
        // Loads were counted when they ended.
        count({ ...event.usage, loadMs: 0 })
        break
      default:
        event satisfies never
    }
  }
  const call = { signal, onEvent }
  /** A pool that reports usage while it decodes has told us already. */
  const countingAll = async <D extends readonly Decoded[]>(decoding: Promise<D>): Promise<D> => {
    const before = counted
    const all = await decoding
    if (counted === before) for (const { usage } of all) count({ ...usage, loadMs: 0 })
    return all
  }
  const decode = async (program: DecodeProgram): Promise<Decoded> => {
    const onToken: DecodeCall['onToken'] = (delta) => log.progress({ type: 'token', node, ...delta })
    const [decoded] = await countingAll(pool.decode(program, { ...call, onToken, ...(hold ? { hold } : {}) }).then((one) => [one] as const))
    return decoded
  }
  return {
    open: (ref: ModelRef) => pool.open(ref),
    call,
    decode,
    async decodeAll(programs: readonly DecodeProgram[]) {
      // who stops at tokens sees one text at a time
      if (hold === undefined) return countingAll(pool.decodeAll(programs, call))
      const all: Decoded[] = []
      for (const program of programs) all.push(await decode(program))
      return all
    },
  }
}
