import type { TemplateReport } from '../../shared/api'
import type { ChatMessage } from '../../shared/value'
import type { ModelFile } from '../models/host-protocol'
import { familyOf, templateHash } from './known-templates'
import type { LoadedModel } from './loaded-model'
import type { ServiceParts } from './service'
import { wrapMessages } from './wrappers'

/** A prompt may have at most so many characters for each token of context; a template that makes more is not a chat template. */
const charactersPerToken = 16

/** How messages become a prompt: by the model's own template where that is known or accepted, else in the built-in form that suits its vocabulary. */
export class ChatForms {
  constructor(readonly parts: Pick<ServiceParts, 'templates' | 'settings' | 'inspect'>) {}

  async render(
    { native, chat, contextTokens }: LoadedModel,
    messages: readonly ChatMessage[],
    notice: (message: string) => void,
  ): Promise<string> {
    const { template, wrapper, begin, end } = chat
    if (template === undefined) return wrapMessages('plain', messages)
    if (!this.#mayRun(template)) {
      notice(unknownTemplate(native.name, wrapper))
      return wrapMessages(wrapper, messages)
    }
    return this.parts.templates.render(native.name, { template, messages, begin, end }, charactersPerToken * contextTokens)
  }

  /** What the file's template is, does and looks like beside the built-in form, and which of the two is used. */
  async report({ ref, path }: ModelFile): Promise<TemplateReport> {
    const { template, wrapper, begin, end } = (await this.parts.inspect(path)).chat
    const name = template === undefined ? 'plain' : wrapper
    const built = { wrapper: name, wrapperSample: wrapMessages(name, sampleChat) }
    if (template === undefined) return { ...built, used: 'wrapper' }
    const hash = templateHash(template)
    const family = familyOf(hash)
    const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))
    const flags = await this.parts.templates.inspect(ref.name, template).catch((error) => [{ kind: 'unreadable', what: said(error) }])
    const sample = await this.parts.templates.render(ref.name, { template, messages: sampleChat, begin, end }, longestSample).catch(said)
    const own = { hash, text: template, ...(family === undefined ? {} : { family }), flags, sample }
    const accepted = family === undefined && this.#mayRun(template)
    return { own: { ...own, accepted }, ...built, used: this.#mayRun(template) ? 'own' : 'wrapper' }
  }

  #mayRun(template: string): boolean {
    const hash = templateHash(template)
    return familyOf(hash) !== undefined || (this.parts.settings.acceptedTemplates ?? []).includes(hash)
  }
}

/** What a template is shown with. */
const sampleChat: readonly ChatMessage[] = [
  { role: 'system', content: 'Answer briefly.' },
  { role: 'user', content: 'What is two plus two?' },
  { role: 'assistant', content: 'Four.' },
  { role: 'user', content: 'And three plus three?' },
]
const longestSample = 64 * 1024

const unknownTemplate = (model: string, wrapper: string): string =>
  `The chat template of "${model}" is not among the known ones and was not run; the built-in form (${wrapper}) was used. See what it would do: tributary models template.`
