import type { Candidate, Dataset } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

const ships: Dataset = {
  name: 'ships',
  columns: ['name', 'port', 'tons', 'built'],
  rows: [
    { name: 'Heron', port: 'Velm', tons: 120, built: 1971 },
    { name: 'Tern', port: 'Velm', tons: 80, built: 1988 },
    { name: 'Puffin', port: 'Candle Point', tons: 300, built: 1990 },
    { name: 'Gannet', port: 'Candle Point', tons: 310, built: 2003 },
    { name: 'Skua', port: 'Orrin', tons: 95, built: 1971 },
  ],
}

/** What three writers of queries made of each question, as such models do: differently spelt, one of them wrong or broken, sometimes all at odds. */
const asked: readonly { readonly answer: string; readonly queries: readonly string[] }[] = [
  {
    answer: '[[2]]',
    queries: [
      "SELECT COUNT(*) FROM ships WHERE port = 'Velm'",
      "SELECT COUNT(name) AS n FROM ships WHERE ships.port LIKE 'Velm';",
      "SELECT COUNT(*) FROM ships WHERE harbour = 'Velm'",
    ],
  },
  {
    answer: '[["Gannet"]]',
    queries: [
      'SELECT name FROM ships ORDER BY tons DESC LIMIT 1',
      'SELECT name FROM ships WHERE tons = (SELECT MAX(tons) FROM ships) ORDER BY name',
      'SELECT name FROM ships WHERE tons > 200',
    ],
  },
  {
    answer: '[["Skua"],["Heron"]]',
    queries: [
      'SELECT name FROM ships WHERE built < 1980',
      '```sql\nSELECT s.name FROM ships AS s WHERE s.built <= 1979\n```',
      'DELETE FROM ships WHERE built >= 1980',
    ],
  },
  {
    answer: '[["Candle Point",305],["Orrin",95],["Velm",100]]',
    queries: [
      'SELECT port, AVG(tons) FROM ships GROUP BY port',
      'SELECT port, SUM(tons) * 1.0 / COUNT(*) FROM ships GROUP BY port',
      'SELECT port, MAX(tons) FROM ships GROUP BY port',
    ],
  },
  { answer: '[["Skua"]]', queries: ["SELECT name FROM ships WHERE port = 'Orrin'", 'SELECT name FROM ships', 'SELECT nam FROM ships'] },
]

export default defineDemonstration({
  system: 'sql-ensemble',
  title: 'Queries are run, and equal results vote',
  expected:
    'For five questions with three queries each (written out here: neither toys nor starter models write SQL that is worth running), results agree on the right answer to four and abstain on the fifth, which no two queries answer alike; by their text no two agree.',
  async run(context) {
    const sorted = (rows: unknown): string => JSON.stringify((rows as unknown[]).map((row) => JSON.stringify(row)).sort())
    const outcomes: { agreed: boolean; right: boolean; byText: number }[] = []
    for (const { answer, queries } of asked) {
      const candidates = queries.map((text, i): Candidate => ({ text, source: `writer ${i + 1}` }))
      const { agreed, result } = await context.node('sql-vote', { inputs: { candidates, tables: [ships] } })
      const { share } = await context.node('majority-vote', { inputs: { candidates } })
      const rows = (result as Dataset).rows.map((row) => (result as Dataset).columns.map((column) => row[column]))
      outcomes.push({ agreed: agreed as boolean, right: sorted(rows) === sorted(JSON.parse(answer)), byText: share as number })
    }
    const answered = outcomes.filter(({ agreed }) => agreed)
    const figures = {
      answered: answered.length / outcomes.length,
      rightOfAnswered: shareOf(answered, ({ right }) => right),
      agreedByText: shareOf(outcomes, ({ byText }) => byText > 0.5),
    }
    return {
      effect: `Answered: ${percent(figures.answered)}, of which ${percent(figures.rightOfAnswered)} right; agreed by their text alone: ${percent(figures.agreedByText)}.`,
      pass: figures.answered === 0.8 && figures.rightOfAnswered === 1 && figures.agreedByText === 0,
      figures,
    }
  },
})
