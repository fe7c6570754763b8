import { describe, expect, it } from 'vitest'
import { rowsOf } from './objectives'

const asked = { promptColumn: 'prompt', answerColumn: 'answer', rows: 10 }
const tableOf = (row: Record<string, string>) => ({ name: 'table', columns: Object.keys(row), rows: [row] })

describe('rows to judge by', () => {
  it('come from the columns that were chosen', () => {
    const data = tableOf({ prompt: 'p', answer: 'a', question: 'q', gold: 'g' })
    expect(rowsOf(data, asked)).toEqual([{ prompt: 'p', answer: 'a' }])
    expect(rowsOf(data, { ...asked, promptColumn: 'question', answerColumn: 'gold' })).toEqual([{ prompt: 'q', answer: 'g' }])
  })

  it('come from columns that are called like them, where nobody chose any', () => {
    expect(rowsOf(tableOf({ Question: 'q', gold: 'g' }), asked)).toEqual([{ prompt: 'q', answer: 'g' }])
  })

  it('of a column that was chosen and is not there are refused, and so are those of a table without any', () => {
    expect(() => rowsOf(tableOf({ question: 'q', gold: 'g' }), { ...asked, promptColumn: 'ask' })).toThrow('"ask"')
    expect(() => rowsOf(tableOf({ a: 'q', b: 'g' }), asked)).toThrow('"prompt"')
    expect(() => rowsOf({ name: 'table', columns: [], rows: [] }, asked)).toThrow('no rows')
  })
})
