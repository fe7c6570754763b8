import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * The sample of 48 questions `times` over, as a file in a data folder: no two are alike, so none comes from the cache, and a batch of them lasts as long as a
 * story needs it to, on a fast machine too.
 */
export function manyQuestions(home: string, times: number): string {
  const rows = readFileSync(resolve('resources/samples/toy-mixed-questions.jsonl'), 'utf8').trim().split('\n')
  const file = join(home, 'many-questions.jsonl')
  const numbered = (time: number) =>
    rows.map((row) => {
      const read = JSON.parse(row) as { question: string }
      return JSON.stringify({ ...read, question: `${read.question} (${time})` })
    })
  writeFileSync(
    file,
    Array.from({ length: times }, (_, time) => numbered(time))
      .flat()
      .join('\n'),
  )
  return file
}
