import type { App } from '../app'
import { printNote } from './output'

export interface GlobalOptions {
  readonly home?: string
  readonly device: string
  readonly memory?: number
  readonly threads?: number
  readonly json?: boolean
}

/** Opens the house for a command and closes it whatever happens. */
export async function withApp<T>(globals: GlobalOptions, use: (app: App) => Promise<T>): Promise<T> {
  const { openApp } = await import('../app')
  const app = await openApp({
    door: 'terminal',
    device: globals.device,
    onMessage: printNote,
    ...(globals.home === undefined ? {} : { home: globals.home }),
    ...(globals.memory === undefined ? {} : { memoryBudgetBytes: globals.memory }),
    ...(globals.threads === undefined ? {} : { threads: globals.threads }),
  })
  try {
    return await use(app)
  } finally {
    await app.close()
  }
}
