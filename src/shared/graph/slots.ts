import { graphLimits } from './limits'

/** `{{name}}` in a template is a slot: an input of the node. Spaces inside the braces do not count; anything that is no name is plain text. */
const slotPattern = /\{\{\s*([A-Za-z_][A-Za-z0-9_-]{0,63})\s*\}\}/g

/** Names of the slots, each once, in the order in which they first appear; at most as many as a node may have ports. */
export function slotsOf(template: string): string[] {
  return allSlotsOf(template).slice(0, graphLimits.ports)
}

/** Without the bound, for whoever must say that there are too many. */
export function allSlotsOf(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(slotPattern), (match) => match[1] ?? ''))]
}

/** The template with each slot replaced by its value, once: a value that holds braces stays as it is. A slot without a value keeps its braces. */
export function fillSlots(template: string, values: ReadonlyMap<string, string>): string {
  return template.replace(slotPattern, (slot, name: string) => values.get(name) ?? slot)
}
