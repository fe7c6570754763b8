import { TributaryError } from '../../shared/errors'
import type { Unit } from './unit'

export interface UnitFailure {
  readonly status: 'failed'
  readonly error: TributaryError
  readonly attempt: number
}

/** Records that a unit has failed for good. What becomes of its node is its policy's to say (`policy.ts`). */
export function failUnit({ scope, path, iteration }: Unit, attempt: number, error: TributaryError): UnitFailure {
  scope.run.log.exec({ node: path, iteration, attempt, status: 'failed', error: error.toReport() })
  return { status: 'failed', error, attempt }
}

/** What was thrown, as an error that knows its node. What is not ours is a failure of the node, told in its own words. */
export function placed(thrown: unknown, { path, iteration }: Pick<Unit, 'path' | 'iteration'>): TributaryError {
  const place = { node: path }
  if (thrown instanceof TributaryError) return thrown.at(place)
  const item = iteration < 0 ? '' : ` at item ${iteration + 1}`
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new TributaryError('node-failed', `The node "${path}" failed${item}: ${message}`, { place, cause: thrown })
}
