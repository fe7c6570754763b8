import { z } from 'zod'
import type { UnknownModel } from '../../shared/api'
import type { App } from './app'
import { toastError } from './view'

/** A model that came from a file and was never loaded here, as the refusal names it. */
const strangers: z.ZodType<{ models: UnknownModel[] }> = z.object({
  models: z
    .array(
      z.object({
        sha256: z.string(),
        name: z.string(),
        sizeBytes: z.number(),
        path: z.string(),
        architecture: z.string(),
        licence: z.string().optional(),
      }),
    )
    .min(1),
})

/** Shows an error; one that is a question about models is asked, and `again` is done after a yes. */
export function showOrAsk(app: App, error: unknown, again: () => void): void {
  const asked = error instanceof Error && 'code' in error && error.code === 'model-unknown' && 'details' in error
  const found = asked ? strangers.safeParse(error.details) : undefined
  if (found?.success) app.view.setState({ overlay: { type: 'accept-models', models: found.data.models, again } })
  else toastError(app.view, error)
}

/** Begins what may load models: a question about one that nobody here knows is asked, and after a yes it begins again. Any other error is shown. */
export async function askingFirst(app: App, begin: () => Promise<void>): Promise<void> {
  try {
    await begin()
  } catch (error) {
    showOrAsk(app, error, () => void askingFirst(app, begin))
  }
}
