/**
 * Formulas of methods as their specs write them: plain text in the notation of papers, with the params of the node in it. `{alpha}` stands for the value of
 * the param `alpha`; `{normalize? / Σ w}` for the text behind the question mark where the param is true. No other braces. Pure.
 */
export type FormulaPart = { readonly text: string } | { readonly param: string }

const slot = /\{([A-Za-z_][\w-]*)(\?[^{}]*)?\}/g

/** The formula in pieces; texts whose param is not true are left out. */
export function formulaParts(formula: string, isTrue: (param: string) => boolean): FormulaPart[] {
  const parts: FormulaPart[] = []
  let at = 0
  for (const { index, 0: whole, 1: param = '', 2: condition } of formula.matchAll(slot)) {
    parts.push({ text: formula.slice(at, index) })
    if (condition === undefined) parts.push({ param })
    else if (isTrue(param)) parts.push({ text: condition.slice(1) })
    at = index + whole.length
  }
  parts.push({ text: formula.slice(at) })
  return parts.filter((part) => 'param' in part || part.text !== '')
}

/** Every param that the formula names, conditions included. */
export const formulaParams = (formula: string): string[] => Array.from(formula.matchAll(slot), ([, param = '']) => param)

/** The same formula for a form in which its params have other names. */
export const renameParams = (formula: string, rename: (param: string) => string): string =>
  formula.replace(slot, (_, param: string, condition = '') => `{${rename(param)}${condition}}`)

/** Braces that are neither a value nor a condition: the reader would see them. */
export const hasStrayBraces = (formula: string): boolean => /[{}]/.test(formula.replace(slot, ''))
