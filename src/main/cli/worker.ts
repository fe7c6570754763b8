import { batchLimits } from '../../shared/batch/definition'
import { TributaryError } from '../../shared/errors'
import { type GlobalOptions, withApp } from './options'
import { printNote } from './output'

/** Takes items of batches from a queue and runs them here, until it is asked to end: once, to finish what is at work; twice, to stop it. */
export async function worker(options: { join: string; concurrency?: number }, globals: GlobalOptions): Promise<number> {
  const concurrency = options.concurrency ?? 1
  if (concurrency > batchLimits.concurrency)
    throw new TributaryError('usage', `--concurrency ${concurrency}: at most ${batchLimits.concurrency} items can be at work at once.`)
  return withApp(globals, async (app) => {
    const { joinBullmq } = await import('../batch/bullmq')
    const joined = await joinBullmq({ address: options.join, key: app.queueKey() }, app.house.batches.perform, concurrency)
    app.house.batches.join(concurrency)
    printNote(`Joined ${options.join}: takes ${concurrency} at once. Ctrl+C finishes what is at work and leaves.`)
    let asked = 0
    return new Promise<number>((resolve) => {
      const onSignal = (code: number) => () => {
        asked++
        if (asked > 1) joined.abort()
        else void joined.leave().then(() => resolve(code))
      }
      process.on('SIGINT', onSignal(130)).on('SIGTERM', onSignal(143))
    })
  })
}
