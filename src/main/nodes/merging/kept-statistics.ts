import { TributaryError } from '../../../shared/errors'
import { isJsonObject, type Json } from '../../../shared/json'
import { type StatisticsRef, statisticsRef } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { refuse } from '../../weights/settings'

/** Statistics that were measured before, by their content. */
export default defineNode(
  {
    type: 'kept-statistics',
    version: 1,
    title: 'Kept statistics',
    family: 'merging',
    summary: 'Statistics that were measured before, by the hash of their content: what an opened recipe weighs by.',
    help: 'A merged file says which statistics it weighed by and how they were measured, but does not hold them. On the machine that measured them this node gives them back, so the merge comes out byte for byte; elsewhere, or once the store has let go of them, it says what to measure again: put a *Calibrate* with the settings shown in its place.',
    synonyms: ['recipe', 'statistics', 'fisher', 'adapter', 'imatrix'],
    survey: '3',
    inputs: {},
    outputs: { statistics: { wire: 'statistics', summary: 'as they were measured' } },
    params: {
      statistics: { kind: 'json', default: {}, title: 'Statistics', summary: 'hash, quantities, and how they were made' },
    },
    effect: 'pure',
    resource: 'cpu',
  },
  async ({ params, context }) => {
    const statistics = refOf(params.statistics)
    try {
      // put again, the store knows that this graph needs them
      await context.blobs.put(await context.blobs.get(statistics.blob))
    } catch (cause) {
      throw new TributaryError('statistics-missing', `The statistics ${statistics.blob.slice(0, 12)}… are not on this machine.`, {
        hint: `Measure them again: ${howMade(params.statistics)}.`,
        cause,
      })
    }
    return { statistics }
  },
)

function refOf(given: Json): StatisticsRef {
  const parsed = statisticsRef.safeParse(given)
  return parsed.success && /^[0-9a-f]{64}$/.test(parsed.data.blob) ? parsed.data : refuse('Kept statistics', 'names no statistics')
}

/** `calibrate of toy-math with …, on 40 rows of facts (hash 0123…)`, from what the file tells. */
function howMade(given: Json): string {
  const made = isJsonObject(given) && isJsonObject(given.made) ? given.made : {}
  const texts = isJsonObject(made.texts) ? made.texts : undefined
  const words = [
    `the node ${String(made.node ?? 'Calibrate')}`,
    ...(Array.isArray(made.models) ? [`of ${made.models.join(' and ')}`] : []),
    ...(isJsonObject(made.params) ? [`with ${JSON.stringify(made.params)}`] : []),
    ...(texts ? [`on ${String(texts.rows)} rows of ${String(texts.name)} (hash ${String(texts.hash).slice(0, 12)}…)`] : []),
  ]
  return words.join(' ').slice(0, 600)
}
