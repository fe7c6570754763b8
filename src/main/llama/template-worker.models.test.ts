import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildHost } from '../models/testing'
import { TemplateRenderer } from './template-worker'

describe('rendering templates that come out of files', () => {
  let renderer: TemplateRenderer
  beforeAll(async () => {
    renderer = new TemplateRenderer(await buildHost())
  })
  afterAll(() => renderer.close())
  const job = (template: string) => ({ template, messages: [{ role: 'user', content: 'hello' }] as const, begin: '', end: '' })

  it('renders one after the other in the same thread', async () => {
    const texts = await Promise.all(['{{ messages[0].content }} 1', '2'].map((template) => renderer.render('m', job(template), 100)))
    expect(texts).toEqual(['hello 1', '2'])
  })

  it('stops a template that does not end, does not try it again, and goes on with others', async () => {
    const endless = '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}'
    const started = performance.now()
    await expect(renderer.render('m', job(endless), 100)).rejects.toMatchObject({ code: 'model-unsupported' })
    expect(performance.now() - started).toBeLessThan(8000)
    const again = performance.now()
    await expect(renderer.render('m', job(endless), 100)).rejects.toThrow(/did not end/)
    expect(performance.now() - again).toBeLessThan(1000)
    expect(await renderer.render('m', job('fine'), 100)).toBe('fine')
  })

  it('refuses templates that are too long and prompts that no context could hold', async () => {
    await expect(renderer.render('m', job('x'.repeat(257 * 1024)), 1e9)).rejects.toThrow(/longer than 256 KiB/)
    await expect(renderer.render('m', job('x'.repeat(200)), 100)).rejects.toThrow(/200 characters/)
  })

  it('says why a template refuses, and reaches nothing of ours', async () => {
    await expect(renderer.render('m', job("{{ raise_exception('only pairs') }}"), 100)).rejects.toThrow(/only pairs/)
    const escaped = await renderer
      .render('m', job("{{ messages.constructor.constructor('return 1')() }}"), 1000)
      .catch((error: Error) => error.message)
    expect(escaped).not.toBe('1')
  })
})
