import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Losses of candidates by the hash of what was judged, kept over restarts: a search that was killed asks for no evaluation twice. */
export interface Judged {
  get(key: string): number | undefined
  put(key: string, loss: number): void
}

const mostLines = 20_000

/** One line a judgement, appended as it is made; a line that was cut by a kill is passed over. Above 20,000 lines the older half goes. */
export function openJudged(file: string): Judged {
  let known: Map<string, number> | undefined
  const all = (): Map<string, number> => {
    known ??= readJudged(file)
    return known
  }
  return {
    get: (key) => all().get(key),
    put(key, loss) {
      if (!Number.isFinite(loss)) return
      all().set(key, loss)
      mkdirSync(dirname(file), { recursive: true })
      appendFileSync(file, `${key} ${loss}\n`)
    },
  }
}

function readJudged(file: string): Map<string, number> {
  if (!existsSync(file)) return new Map()
  const lines = readFileSync(file, 'utf8').split('\n')
  const kept = lines.length > mostLines ? lines.slice(-mostLines / 2) : lines
  if (kept.length < lines.length) writeFileSync(file, kept.join('\n'))
  return new Map(
    kept.flatMap((line): [string, number][] => {
      const [, key, loss] = /^([0-9a-f]{64}) (\S+)$/.exec(line) ?? []
      return key !== undefined && Number.isFinite(Number(loss)) ? [[key, Number(loss)]] : []
    }),
  )
}
