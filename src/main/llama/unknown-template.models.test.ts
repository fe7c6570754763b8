import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ModelEvent } from '../models/model'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, temporaryFolder, toyRef } from '../models/testing'
import { templateHash } from './known-templates'

/** A template that nobody knows is not run: the built-in form is used, and said so, until the person lets that very template run. */
const folder = temporaryFolder('unknown-template')
const path = join(folder, 'changed.gguf')
const ref = { ...toyRef('changed'), id: path }
const messages = [{ role: 'user', content: 'hello' }] as const
let template = ''
let pool: OwnedModelPool

/** The toy's template with one word of it changed, of the same length. */
beforeAll(() => {
  const bytes = readFileSync('resources/toys/toy-polite.gguf')
  const key = Buffer.from('tokenizer.chat_template')
  const start = bytes.indexOf(key) + key.length + 12
  const length = Number(bytes.readBigUInt64LE(start - 8))
  const own = bytes.toString('utf8', start, start + length)
  template = own.replace('q: ', 'Q: ')
  if (template === own) throw new Error('the template was not changed')
  bytes.write(template, start, 'utf8')
  writeFileSync(path, bytes)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => pool.close())

async function render(): Promise<{ text: string; notices: string[] }> {
  const events: ModelEvent[] = []
  const model = await pool.open(ref)
  const text = await model.renderChat(messages, { ...quietCall(), onEvent: (event) => events.push(event) })
  return { text, notices: events.flatMap((event) => (event.type === 'notice' ? [event.message] : [])) }
}

describe('a chat template that nobody knows', () => {
  it('is not run: the built-in form is used, and a sentence says so', async () => {
    pool = await createToyPool()
    const { text, notices } = await render()
    expect(text).toBe('User: hello\n\nAssistant:')
    expect(notices).toEqual([expect.stringMatching(/"changed" is not among the known ones and was not run; the built-in form \(plain\)/)])
  })

  it('is shown with its hash and what both would write, and nothing is loaded for that', async () => {
    pool = await createToyPool()
    const report = await pool.local.template({ ref, path }, quietCall())
    expect(report).toMatchObject({
      used: 'wrapper',
      wrapper: 'plain',
      own: { hash: templateHash(template), text: template, accepted: false },
    })
    expect(report.own?.family).toBeUndefined()
    expect(report.wrapperSample).toContain('User: And three plus three?')
    expect(pool.local.loaded().size).toBe(0)
  })

  it('is run once its very hash was accepted', async () => {
    pool = await createToyPool({ acceptedTemplates: [templateHash(template)] })
    const { notices, text } = await render()
    expect(notices).toEqual([])
    expect(text).not.toBe('User: hello\n\nAssistant:')
    expect(await pool.local.template({ ref, path }, quietCall())).toMatchObject({ used: 'own', own: { accepted: true } })
  })

  it('is no question for a known one', async () => {
    pool = await createToyPool()
    const known = { ref: toyRef('toy-polite'), path: 'resources/toys/toy-polite.gguf' }
    expect(await pool.local.template(known, quietCall())).toMatchObject({ used: 'own', own: { family: 'the toys', flags: [] } })
  })
})
