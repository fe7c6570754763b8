import { createHash } from 'node:crypto'
import table from './known-templates.json'

const families: Readonly<Record<string, string>> = table.templates

/** By which a template is known: line ends and blanks around it make no other one. 32 hexadecimal digits of a SHA-256. */
export const templateHash = (template: string): string =>
  createHash('sha256').update(template.replaceAll('\r\n', '\n').trim()).digest('hex').slice(0, 32)

/** The family whose published template has this hash. The table is made by `tools/known-templates.mjs`. */
export const familyOf = (hash: string): string | undefined => (Object.hasOwn(families, hash) ? families[hash] : undefined)
