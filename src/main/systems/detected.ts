import type { Score } from '../../shared/value'
import type { DemonstrationContext } from './demonstration'
import { areaUnderCurve, readings } from './worlds'

/** How well a method of the Detector node tells right answers of toy-base from wrong ones, judged by toy-reader where it needs a model. */
export async function detectorArea(context: DemonstrationContext, method: string): Promise<number> {
  const model = await context.model('toy-reader')
  const scored: { score: number; isRight: boolean }[] = []
  for (const { answer, documents, isRight } of await readings(context, await context.model('toy-base'))) {
    const { scores } = await context.node('detector', { inputs: { answer, documents }, params: { method, model, most: 0 } })
    scored.push({ score: (scores as Score[])[0]?.value ?? 0, isRight })
  }
  return areaUnderCurve(scored)
}
