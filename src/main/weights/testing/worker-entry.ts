import { builtOnce } from '../../models/testing'

/** The thread's entry, built as the application's build does: threads run plain JavaScript. */
export const buildWorkerEntry = (): Promise<string> => builtOnce('src/main/merge-worker.ts')
