import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** What `docs/compared.md` says is shown by a story or a test: that one is there, by its name. */
const rows = readFileSync('docs/compared.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))

test('every row has its number, a word for each of the six others, and what shows it', () => {
  expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(Array.from({ length: 44 }, (_, i) => i + 1))
  for (const row of rows)
    expect([
      row,
      row
        .split(' | ')
        .slice(2, 8)
        .every((cell) => /^(?:(?:yes|partly|no)°?|\?)$/.test(cell)),
    ]).toEqual([row, true])
})

test.each(rows.map((row) => [row.split(' | ')[1] ?? '', row]))('%s: what shows it is there', (_, row) => {
  const shown = row.split(' | ').at(-1)?.replace(/ \|$/, '').split('; `') ?? []
  expect(shown.length).toBeGreaterThan(0)
  for (const one of shown) {
    const [, place = '', title] = /^`?([^`]+)`(?:: (.+))?$/.exec(one) ?? []
    if (place.includes('/')) expect([place, existsSync(place)]).toEqual([place, true])
    else expect([one, readFileSync(`e2e/${place}.story.ts`, 'utf8').includes(title ?? '?')]).toEqual([one, true])
  }
})
