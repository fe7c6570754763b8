import { TributaryError } from '../../../shared/errors'
import { allSlotsOf, fillSlots } from '../../../shared/graph/slots'
import { defineNode } from '../../node-runtime'

/** The template with each slot replaced; values are inserted once and never read as templates themselves. A slot without a value throws `input-missing`. */
export function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  const texts = new Map<string, string>()
  for (const name of allSlotsOf(template)) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined || value === null)
      throw new TributaryError('input-missing', `The slot {{${name}}} of the template has no value.`, {
        hint: `Connect a text to the port "${name}", or take the slot out of the template.`,
        place: { port: name },
      })
    texts.set(name, String(value))
  }
  return fillSlots(template, texts)
}

/** Text with named slots, each of which becomes a port. */
export default defineNode(
  {
    type: 'prompt-template',
    version: 1,
    title: 'Prompt template',
    family: 'io',
    summary: 'Puts texts into the named slots of a template.',
    help: [
      'Write `{{name}}` where a text belongs; each name becomes a port. The same name may occur several times.',
      '',
      'What is inserted is never read as a template again, so a document that contains `{{question}}` cannot reach into your prompt.',
      '',
      'A slot that receives a *list* of texts makes a list of prompts, one for each.',
    ].join('\n'),
    synonyms: ['format', 'fill', 'mustache', 'variables', 'prompt', 'concatenate'],
    inputs: {},
    outputs: { text: { wire: 'text', summary: 'the filled template' } },
    params: {
      template: {
        kind: 'text',
        default: 'Answer the question.\n\nQuestion: {{question}}\nAnswer:',
        multiline: true,
        summary: 'text with {{slots}}',
      },
    },
    slots: { param: 'template', wire: 'text' },
    effect: 'pure',
    resource: 'cpu',
    face: 'template',
  },
  ({ params, slots }) => ({ text: fillTemplate(params.template, slots) }),
)
