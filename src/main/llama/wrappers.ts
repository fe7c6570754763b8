import type { ChatMessage } from '../../shared/value'

/** How a model is talked to, as its file has it. */
export interface ChatForm {
  readonly template: string | undefined
  readonly wrapper: string
  readonly begin: string
  readonly end: string
}

/** A form of chat that is built in: what it is called, the tokens by which a vocabulary shows that it was made for it, and how it is written. */
interface Wrapper {
  readonly name: string
  readonly marks: readonly string[]
  write(messages: readonly ChatMessage[]): string
}

const each = (messages: readonly ChatMessage[], write: (message: ChatMessage) => string): string => messages.map(write).join('')

/** For forms without a place for the system: it goes in front of the first user message. */
function withoutSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  const rest = messages.filter(({ role }) => role !== 'system')
  const first = rest.findIndex(({ role }) => role === 'user')
  if (system.length === 0) return rest
  if (first < 0) return [{ role: 'user', content: system.join('\n\n') }, ...rest]
  return rest.with(first, { role: 'user', content: [...system, (rest[first] as ChatMessage).content].join('\n\n') })
}

const plainNames = { system: '', user: 'User: ', assistant: 'Assistant: ' } as const

/** In order of preference; the last needs no marks and suits base models, which have seen it most. */
const wrappers: readonly [...Wrapper[], Wrapper] = [
  {
    name: 'ChatML',
    marks: ['<|im_start|>', '<|im_end|>'],
    write: (messages) => `${each(messages, ({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`)}<|im_start|>assistant\n`,
  },
  {
    name: 'Llama 3',
    marks: ['<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
    write: (messages) =>
      `${each(messages, ({ role, content }) => `<|start_header_id|>${role}<|end_header_id|>\n\n${content}<|eot_id|>`)}<|start_header_id|>assistant<|end_header_id|>\n\n`,
  },
  {
    name: 'Gemma',
    marks: ['<start_of_turn>', '<end_of_turn>'],
    write: (messages) =>
      `${each(withoutSystem(messages), ({ role, content }) => `<start_of_turn>${role === 'assistant' ? 'model' : 'user'}\n${content}<end_of_turn>\n`)}<start_of_turn>model\n`,
  },
  {
    name: 'Mistral',
    marks: ['[INST]', '[/INST]'],
    write: (messages) =>
      each(withoutSystem(messages), ({ role, content }) => (role === 'user' ? `[INST] ${content} [/INST]` : ` ${content}</s>`)),
  },
  {
    name: 'plain',
    marks: [],
    write: (messages) => `${each(messages, ({ role, content }) => `${plainNames[role]}${content}\n\n`)}Assistant:`,
  },
]

/** The built-in form that a vocabulary was made for. */
export const wrapperFor = (hasToken: (token: string) => boolean): string =>
  (wrappers.find(({ marks }) => marks.every(hasToken)) as Wrapper).name

/** The chat as one string in a built-in form, ready to be continued by the assistant. */
export const wrapMessages = (name: string, messages: readonly ChatMessage[]): string =>
  (wrappers.find((wrapper) => wrapper.name === name) ?? (wrappers.at(-1) as Wrapper)).write(messages)
