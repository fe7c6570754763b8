import { describe, expect, it } from 'vitest'
import { renderTemplate } from './chat-template'

const user = (content: string) => ({ role: 'user', content }) as const
const system = (content: string) => ({ role: 'system', content }) as const

describe('rendering a chat into one string', () => {
  const template =
    "{% for m in messages %}{{ '<' + m.role + '>' + m.content }}{% endfor %}{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"

  it('follows the template of the model and asks for the answer', () => {
    const job = { template, messages: [system('be brief'), user('hello')], begin: '<s>', end: '</s>' }
    expect(renderTemplate(job)).toBe('<system>be brief<user>hello<assistant>')
  })

  it('offers the begin and end tokens by name', () => {
    expect(renderTemplate({ template: '{{ bos_token }}x{{ eos_token }}', messages: [], begin: '<s>', end: '</s>' })).toBe('<s>x</s>')
  })

  it('puts a system message in front of the first user message where the template refuses it', () => {
    const strict = `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${template}`
    const job = { template: strict, messages: [system('be brief'), user('hello')], begin: '', end: '' }
    expect(renderTemplate(job)).toBe('<user>be brief\n\nhello<assistant>')
  })

  it('passes on why a template refuses', () => {
    const job = { template: "{{ raise_exception('never') }}", messages: [user('x')], begin: '', end: '' }
    expect(() => renderTemplate(job)).toThrow('never')
  })
})
