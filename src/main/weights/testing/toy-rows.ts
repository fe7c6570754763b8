import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Dataset } from '../../../shared/value'

/** Every `step`-th row of a held-out set of the toys, at most so many. */
export function datasetOfToys(set: string, most: number, step = 1): Dataset {
  const rows = readFileSync(resolve('resources/toys/eval', `${set}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .filter((_, index) => index % step === 0)
    .slice(0, most)
    .map((line) => JSON.parse(line) as Dataset['rows'][number])
  return { name: set, columns: ['prompt', 'answer'], rows }
}
