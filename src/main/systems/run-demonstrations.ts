import { type ErrorReport, TributaryError, toErrorReport } from '../../shared/errors'
import { createDemonstrationContext, type DemonstrationRooms } from './context'
import type { Demonstration } from './demonstration'
import { demonstrations } from './demonstrations'

/** What came of one demonstration. `skipped`: a model that it needs is not on this machine. */
export interface DemonstrationResult {
  readonly system: string
  readonly title: string
  readonly expected: string
  readonly status: 'pass' | 'fail' | 'error' | 'skipped'
  readonly effect: string
  readonly figures: Readonly<Record<string, number>>
  readonly seconds: number
  readonly error?: ErrorReport
}

/** The demonstrations of these systems, or all; an id without one throws `not-found` and names those that have one. */
export function chooseDemonstrations(ids: readonly string[] | 'all'): readonly Demonstration[] {
  if (ids === 'all') return [...demonstrations.values()]
  return ids.map((id) => {
    const demonstration = demonstrations.get(id)
    if (demonstration) return demonstration
    throw new TributaryError('not-found', `The system "${id}" has no demonstration.`, {
      hint: `There are demonstrations of: ${[...demonstrations.keys()].join(', ')}.`,
    })
  })
}

/** Runs them one after the other (they share the models) and tells each result as it comes. Ends with the signal's reason when aborted. */
export async function* runDemonstrations(
  chosen: readonly Demonstration[],
  rooms: DemonstrationRooms,
  signal: AbortSignal,
): AsyncGenerator<DemonstrationResult> {
  for (const demonstration of chosen) {
    signal.throwIfAborted()
    yield await runOne(demonstration, rooms, signal)
  }
}

async function runOne(demonstration: Demonstration, rooms: DemonstrationRooms, signal: AbortSignal): Promise<DemonstrationResult> {
  const { system, title, expected } = demonstration
  const started = performance.now()
  const seconds = (): number => Math.round(performance.now() - started) / 1000
  try {
    for (const id of demonstration.needs ?? []) await rooms.resolve(id)
  } catch (error) {
    const report = toErrorReport(error)
    return { system, title, expected, status: 'skipped', effect: report.message, figures: {}, seconds: seconds(), error: report }
  }
  const context = createDemonstrationContext(rooms, signal)
  try {
    const { effect, pass, figures } = await demonstration.run(context)
    return { system, title, expected, status: pass ? 'pass' : 'fail', effect, figures, seconds: seconds() }
  } catch (error) {
    signal.throwIfAborted()
    const report = toErrorReport(error)
    return { system, title, expected, status: 'error', effect: report.message, figures: {}, seconds: seconds(), error: report }
  } finally {
    await context.cleanUp()
  }
}
