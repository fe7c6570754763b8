import { parseEndpoint } from '../../shared/graph/document'
import { meets, tellCondition, type WireBreak } from '../../shared/run/control'
import type { TokenAnswer, TokenBreak, TokenCondition } from '../../shared/run/token-break'
import type { Arrived } from './arguments'
import { read, type Values } from './held'
import type { Step } from './prepare'
import type { StopSwitch } from './stop-switch'

/** Where a run pauses, and what lets it go on. A node that waits here holds no place and no memory; what does not depend on it goes on. */
export interface Breaks {
  /** Why this step of the body at `place` should pause now; undefined: it need not. */
  reasonAt(place: string, step: Step, arrived: Arrived, values: Values): string | undefined
  /** Resolves when the person lets this step go on; rejects when the run stops. */
  wait(stop: StopSwitch, place: string): Promise<void>
  /** how often it paused so far */
  held(): number
  /** Before which tokens the node at this place pauses. */
  tokensAt(place: string): readonly TokenCondition[]
  /** Whether the node at this place still pauses before tokens; a person may take that back while it writes. */
  pausesTokens(place: string): boolean
  /** The same as `wait` in the middle of a text of the node at `path`: one item of a node at a time. `announce` is called when its turn has come. */
  waitAtToken(stop: StopSwitch, path: string, announce: () => void): Promise<TokenAnswer>
  /** What the held node at `path` writes instead, once it goes on. */
  choose(path: string, choice: string | undefined): void
  /** All that waits goes on; breakpoints hold as before. */
  resume(): void
  /** Other breakpoints from now on. A text that is being written heeds those that are taken away; new ones hold what begins after. */
  set(settings: BreakSettings): void
  /** What has waited longest goes on, and whatever comes to its turn next pauses: in the same graph or one around it. A container is one step. */
  step(): void
}

export interface BreakSettings {
  readonly breakpoints?: readonly string[] | undefined
  readonly wireBreaks?: readonly WireBreak[] | undefined
  readonly tokenBreaks?: readonly TokenBreak[] | undefined
}

export function createBreaks(settings: BreakSettings): Breaks {
  let { nodes, wireBreaks, tokens } = sorted(settings)
  const breaksInto = (place: string, node: string): readonly WireBreak[] =>
    wireBreaks.filter((wire) => (wire.in ?? '') === place && parseEndpoint(wire.to)?.node === node)
  const waiting: Waiting[] = []
  const turns = new Map<string, Promise<unknown>>()
  let steppingIn: string | undefined
  let held = 0

  /** Puts something among what waits until the person lets it go on; limits of time stand still meanwhile. */
  const hold = (stop: StopSwitch, entry: Pick<Waiting, 'place' | 'path'>): Promise<TokenAnswer> =>
    new Promise((resolve, reject) => {
      held++
      const goOn = stop.holdLimits()
      const one: Waiting = {
        ...entry,
        go: (step) => {
          unwatch()
          goOn()
          resolve({ step, ...(one.choice === undefined ? {} : { choice: one.choice }) })
        },
      }
      waiting.push(one)
      const unwatch = stop.watch((reason) => {
        waiting.splice(waiting.indexOf(one), 1)
        reject(reason)
      })
    })

  return {
    reasonAt(place, step, arrived, values) {
      if (nodes.size === 0 && wireBreaks.length === 0 && steppingIn === undefined) return undefined
      if (nodes.has(place + step.node)) return 'breakpoint'
      const met = breaksInto(place, step.node).find((wire) => isMet(wire, step, arrived, values))
      if (met) return `what comes from ${met.from} ${tellCondition(met.when)}`
      return steppingIn?.startsWith(place) ? 'step by step' : undefined
    },
    wait: async (stop, place) => void (await hold(stop, { place })),
    held: () => held,
    tokensAt: (place) => tokens.get(place) ?? none,
    pausesTokens: (place) => tokens.has(place),
    waitAtToken(stop, path, announce) {
      const turn = (turns.get(path) ?? Promise.resolve()).then(() => {
        announce()
        return hold(stop, { path })
      })
      turns.set(
        path,
        turn.catch(() => undefined),
      )
      return turn
    },
    choose(path, choice) {
      const one = waiting.find((other) => other.path === path)
      if (one) one.choice = choice
    },
    resume() {
      steppingIn = undefined
      for (const { go } of waiting.splice(0)) go(false)
    },
    set(next) {
      ;({ nodes, wireBreaks, tokens } = sorted(next))
    },
    step() {
      const next = waiting.shift()
      // A step within a text is a token of it, not the node after it.
      if (next?.path === undefined) steppingIn = next?.place ?? steppingIn ?? ''
      next?.go(true)
    },
  }
}

function sorted({ breakpoints = [], wireBreaks = [], tokenBreaks = [] }: BreakSettings) {
  const tokens = new Map<string, TokenCondition[]>()
  for (const { node, when } of tokenBreaks) tokens.set(node, [...(tokens.get(node) ?? []), when])
  return { nodes: new Set(breakpoints), wireBreaks, tokens }
}

interface Waiting {
  /** of a step that waits before it runs: the body that it is in */
  readonly place?: string
  /** of a node that waits in the middle of a text */
  readonly path?: string
  choice?: string | undefined
  go(step: boolean): void
}

const none: readonly TokenCondition[] = []

/** The value that this very wire brought: the one among those of its port that stands in its place. */
function isMet({ from, to, when }: WireBreak, step: Step, arrived: Arrived, values: Values): boolean {
  const [source, target] = [parseEndpoint(from), parseEndpoint(to)]
  if (!source || !target) return false
  const sources = step.inputs.find(({ port }) => port === target.port)?.sources ?? []
  const place = sources.findIndex((other) =>
    other.kind === 'node' ? other.node === source.node && other.port === source.port : `@${other.input}` === source.node,
  )
  const held = arrived.get(target.port)
  const one = sources.length === held?.length ? held[place] : held?.[0]
  return place >= 0 && one !== undefined && meets(read(one, values), when)
}
