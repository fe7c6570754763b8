import { describe, expect, it } from 'vitest'
import { nearestName } from '../../shared/nearest-name'
import { type InputSources, parseInputs } from './inputs'

const declared = {
  question: { type: 'text', required: true },
  k: { type: 'number', default: 5, min: 1, max: 50 },
  strict: { type: 'boolean', required: false },
  rows: { type: 'json', required: false },
} as const

const parse = (flags: string[], more: Partial<InputSources> = {}) =>
  parseInputs({ declared, flags, env: {}, read: async (path) => `contents of ${path}`, ...more })

describe('inputs on the command line', () => {
  it('split at the first = only, and may be empty', async () => {
    expect((await parse(['question=a=b=c'])).question).toBe('a=b=c')
    expect((await parse(['question='])).question).toBe('')
  })

  it('read a file after @, and keep a literal @ after @@', async () => {
    expect((await parse(['question=@notes.txt'])).question).toBe('contents of notes.txt')
    expect((await parse(['question=@@home'])).question).toBe('@home')
  })

  it('take JSON after :=', async () => {
    expect((await parse(['question=x', 'rows:=[1,{"a":2}]'])).rows).toEqual([1, { a: 2 }])
    await expect(parse(['question=x', 'rows:=[1'])).rejects.toMatchObject({ code: 'input-type' })
  })

  it('follow flag > file > environment > default', async () => {
    const env = { TRIBUTARY_INPUT_QUESTION: 'env', TRIBUTARY_INPUT_K: '7' }
    expect(await parse([], { env })).toMatchObject({ question: 'env', k: 7 })
    expect(await parse([], { env, file: { question: 'file' } })).toMatchObject({ question: 'file', k: 7 })
    expect(await parse(['question=flag'], { env: {}, file: { question: 'file' } })).toMatchObject({ question: 'flag', k: 5 })
  })

  it('name the missing input', async () => {
    await expect(parse([])).rejects.toMatchObject({ code: 'input-missing', message: expect.stringContaining('question') })
  })

  it('name the nearest input when one is unknown', async () => {
    await expect(parse(['qestion=x'])).rejects.toMatchObject({ code: 'input-unknown', hint: expect.stringContaining('question') })
    await expect(parse(['toString=x'])).rejects.toMatchObject({ code: 'input-unknown' })
  })

  it('keep types and bounds', async () => {
    await expect(parse(['question=x', 'k=abc'])).rejects.toMatchObject({ code: 'input-type' })
    await expect(parse(['question=x', 'k=51'])).rejects.toMatchObject({ message: expect.stringContaining('maximum 50') })
    await expect(parse(['question=x', 'strict=yes'])).rejects.toMatchObject({ code: 'input-type' })
    await expect(parse(['=x'])).rejects.toMatchObject({ code: 'usage' })
    await expect(parse(['question'])).rejects.toMatchObject({ code: 'usage' })
  })

  it('suggest only what is near', () => {
    expect(nearestName('promt', ['prompt', 'answer'])).toBe('prompt')
    expect(nearestName('zzzzzz', ['prompt', 'answer'])).toBeUndefined()
  })
})
