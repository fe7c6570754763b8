import { defineNode } from '../../node-runtime'

/** A chat: what the model is told beforehand, what was said, what is said now. */
export default defineNode(
  {
    type: 'messages',
    version: 1,
    title: 'Messages',
    family: 'io',
    summary: 'Makes a chat of an instruction, earlier turns and a new turn.',
    help: 'The chat is put into the form that the receiving model was trained on (its *chat template*). Leave **Instruction** empty for models that know none.',
    synonyms: ['chat', 'system prompt', 'conversation', 'user', 'assistant', 'history'],
    inputs: {
      text: { wire: 'text', arity: 'one', summary: 'what the person says now' },
      history: { wire: 'messages', arity: 'optional', summary: 'turns before this one' },
    },
    outputs: { messages: { wire: 'messages', summary: 'the chat' } },
    params: {
      system: {
        kind: 'text',
        default: '',
        multiline: true,
        title: 'Instruction',
        placeholder: 'You answer briefly and only from the given documents.',
        summary: 'what the model is told before the chat begins; an instruction already in the earlier turns stays, this one comes first',
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'system',
  },
  ({ inputs, params }) => ({
    messages: [
      ...(params.system.trim() === '' ? [] : [{ role: 'system' as const, content: params.system }]),
      ...(inputs.history ?? []),
      { role: 'user' as const, content: inputs.text },
    ],
  }),
)
