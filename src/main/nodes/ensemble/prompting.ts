import type { Prompt } from '../../../shared/expression'
import type { ChatMessage, ModelRef } from '../../../shared/value'
import type { NodeModels } from '../../node-runtime'

export const promptParams = {
  system: {
    kind: 'text',
    default: '',
    multiline: true,
    title: 'Instruction',
    summary: 'what the model is told before everything else',
  },
  template: {
    kind: 'choice',
    default: 'auto',
    title: 'Prompt form',
    summary: 'how the model is given the text',
    options: [
      { value: 'auto', title: 'automatic', summary: 'a chat where the model has a chat template, else the plain text' },
      { value: 'chat', title: 'chat', summary: 'rendered by the model’s own chat template' },
      { value: 'raw', title: 'plain text', summary: 'exactly this text, to be continued' },
    ],
    advanced: true,
  },
} as const

/**
 * What the model continues. Plain text: the instruction and the messages' contents as they are, one under the other. `auto` asks the model whether it
 * has a chat template; the toy models always take plain text, for which they were trained.
 */
export async function promptOf(
  messages: readonly ChatMessage[],
  { system, template }: { readonly system: string; readonly template: 'auto' | 'chat' | 'raw' },
  model: ModelRef,
  models: NodeModels,
): Promise<Prompt> {
  const isChat = template === 'chat' || (template === 'auto' && (await prefersChat(model, models)))
  const instruction: ChatMessage[] = system.trim() === '' ? [] : [{ role: 'system', content: system }]
  const all = [...instruction, ...messages]
  return isChat ? { kind: 'chat', messages: all } : { kind: 'text', text: all.map(({ content }) => content).join('\n') }
}

async function prefersChat(model: ModelRef, models: NodeModels): Promise<boolean> {
  if (/^toy-/.test(model.name)) return false
  const { hasChatTemplate } = await (await models.open(model)).describe(models.call)
  return hasChatTemplate
}
