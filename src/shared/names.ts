import type { NodeSpec } from './node-spec'

/**
 * What people read in place of the names that files, programs and the command line use. Pure.
 * A name that a person gave (an input of the graph, a slot of a template) is shown as it was given: it is what they type.
 */

/** `baseStatistics` → “base statistics”. Abbreviations stay as they are; a name without words in it stays itself. */
export const nameInWords = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .trim()
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ')

/** `maxTokens` → “Max tokens”: the same, as a heading. */
export function humanName(name: string): string {
  const words = nameInWords(name)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** What a param is called in a form: the title of its spec, else its name as a heading. */
export const paramTitle = (name: string, param: { readonly title?: string }): string => param.title ?? humanName(name)

/** What a declared port is called on a card: the title of its spec, else its name in words. */
export const portTitle = (name: string, port: { readonly title?: string } | undefined): string => port?.title ?? nameInWords(name)

/** What a name of a node's inputs, outputs or params is called; one that its type does not have (a slot, a port of an inner graph) is a person's own and stays. */
export function titleIn(spec: NodeSpec | undefined, side: 'inputs' | 'outputs', name: string): string {
  const port = spec && Object.hasOwn(spec[side], name) ? spec[side][name] : undefined
  if (port) return portTitle(name, port)
  const param = side === 'inputs' && spec && Object.hasOwn(spec.params, name) ? spec.params[name] : undefined
  return param ? paramTitle(name, param) : name
}
