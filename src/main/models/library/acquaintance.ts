import type { UnknownModel } from '../../../shared/api'
import { TributaryError } from '../../../shared/errors'
import { formatBytes } from './files'
import type { ShelfModel } from './shelf'

/** What of a model is looked at: its hash, and how it came here. */
export type Acquainted = Pick<ShelfModel, 'sha256' | 'origin' | 'catalog'>

/**
 * Whether a model may be loaded without a question: it ships with the application, was written by it, is one of the catalogue (the same bytes, however they
 * came), or a person accepted this hash once. All others are files that somebody gave: their first load asks.
 */
export const isKnown = ({ sha256, origin, catalog }: Acquainted, isAccepted: (sha256: string) => boolean): boolean =>
  origin === 'shipped' || origin === 'written' || catalog !== undefined || isAccepted(sha256)

/** The question, as an error: whoever can ask a person does, and says `models.accept`. */
export function askFirst(models: readonly ShelfModel[]): TributaryError {
  const names = new Intl.ListFormat('en').format(models.map(({ name }) => `“${name}”`))
  const several = models.length > 1
  const [first] = models as [ShelfModel, ...ShelfModel[]]
  const about = several ? '' : ` (${formatBytes(first.sizeBytes)}, SHA-256 ${first.sha256.slice(0, 12)}…)`
  return new TributaryError(
    'model-unknown',
    `${names}${about} ${several ? 'were' : 'was'} added from a file and ${several ? 'have' : 'has'} not been loaded here before.`,
    {
      hint: `Load it only if you trust where it comes from: tributary models accept ${models.map(({ sha256 }) => sha256.slice(0, 12)).join(' ')}, or run with --accept-models.`,
      details: {
        models: models.map(
          ({ sha256, name, sizeBytes, path, facts: { architecture, licence } }): UnknownModel => ({
            sha256,
            name,
            sizeBytes,
            path,
            architecture,
            ...(licence === undefined ? {} : { licence }),
          }),
        ),
      },
    },
  )
}
