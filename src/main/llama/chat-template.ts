import { Template } from '@huggingface/jinja'
import type { ChatMessage } from '../../shared/value'

export interface TemplateJob {
  readonly template: string
  readonly messages: readonly ChatMessage[]
  readonly begin: string
  readonly end: string
}

/**
 * The chat as one string, ready to be continued by the assistant. A template that refuses a system message gets it in front of the first user
 * message. Pure, but a hostile template may never end: run it where it can be stopped (`template-worker.ts`). Throws what the template throws.
 */
export function renderTemplate(job: TemplateJob): string {
  const template = new Template(job.template)
  try {
    return render(template, job, job.messages)
  } catch (error) {
    const merged = mergeSystem(job.messages)
    if (merged === job.messages) throw error
    return render(template, job, merged)
  }
}

const render = (template: Template, { begin, end }: TemplateJob, messages: readonly ChatMessage[]): string =>
  template.render({ messages: messages.map((message) => ({ ...message })), add_generation_prompt: true, bos_token: begin, eos_token: end })

function mergeSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const system = messages.filter(({ role }) => role === 'system')
  const rest = messages.filter(({ role }) => role !== 'system')
  const first = rest.findIndex(({ role }) => role === 'user')
  if (system.length === 0 || first < 0) return messages
  const content = [...system, rest[first] as ChatMessage].map((message) => message.content).join('\n\n')
  return rest.with(first, { role: 'user', content })
}
