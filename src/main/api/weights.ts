import type { Handlers } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import type { WeightsExpression } from '../../shared/expression'
import type { WeightsReport } from '../../shared/weights-report'
import type { House } from './house'

type WeightsMethods = Extract<keyof Handlers, `weights.${string}`>

const keptAtMost = 16

interface Survey {
  readonly stop: AbortController
  /** null: stopped */
  readonly report: Promise<WeightsReport | null>
}

/** What weights expressions do, looked at without writing a model. A value never changes, so neither does its survey: it is made once. */
export function weightsHandlers({
  store,
  weights,
  broadcast,
}: Pick<House, 'store' | 'weights' | 'broadcast'>): Pick<Handlers, WeightsMethods> {
  const surveys = new Map<string, Survey>()
  const readBlob = async (key: string) => ({ path: store.blobs.path(key) })

  const expressionOf = (sha: string): WeightsExpression => {
    const { kind, list, data } = store.values.get(sha)
    if (kind !== 'weights' || list)
      throw new TributaryError('input-type', 'This value holds no weights.', { hint: 'Choose a node with a weights output.' })
    return data as WeightsExpression
  }
  const begin = (sha: string): Survey => {
    const expression = expressionOf(sha)
    const stop = new AbortController()
    const onProgress = inSteps((done, total) => broadcast('weights.progress', { sha, done, total }))
    const report = weights.survey(expression, { signal: stop.signal, readBlob, onProgress }).catch((error: unknown) => {
      surveys.delete(sha)
      if (stop.signal.aborted) return null
      throw error
    })
    return { stop, report }
  }

  return {
    'weights.survey': ({ sha }) => {
      const survey = surveys.get(sha) ?? begin(sha)
      surveys.delete(sha)
      surveys.set(sha, survey)
      if (surveys.size > keptAtMost) surveys.delete(surveys.keys().next().value ?? '')
      return survey.report
    },
    'weights.stopSurvey': ({ sha }) => {
      surveys.get(sha)?.stop.abort()
      return null
    },
    'weights.histogram': ({ sha, tensor }) =>
      weights.histogram(expressionOf(sha), tensor, { signal: new AbortController().signal, readBlob }),
  }
}

/** At most one message for each hundredth of the way. */
function inSteps(tell: (done: number, total: number) => void): (done: number, total: number) => void {
  let told = -1
  return (done, total) => {
    const step = Math.floor((100 * done) / Math.max(1, total))
    if (step === told) return
    told = step
    tell(done, total)
  }
}
