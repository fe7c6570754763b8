import { Template } from '@huggingface/jinja'

/** What is odd about a chat template, without running it. */
export interface TemplateFlag {
  readonly kind: 'depends-on-words' | 'long-text' | 'address'
  /** the words, the beginning of the text, or the address */
  readonly what: string
}

/** Text of its own that a template adds outside of tools may be no longer: a sentence about who the assistant is, not a page of instructions. */
const longestText = 240

interface Syntax {
  readonly type: string
  readonly [field: string]: unknown
}

/**
 * A chat template puts marks around messages and does not care what they say. Flagged is one that decides by words of a message (`'invoice' in content`), one
 * that brings a long text of its own, and one that holds an address. Marks (`</think>`, `[INST]`) are no words. Pure; throws what the parser throws.
 */
export function flagsOf(template: string): TemplateFlag[] {
  const program = new Template(template).parsed as unknown as Syntax
  const found = new Map<string, TemplateFlag>()
  const flag = (kind: TemplateFlag['kind'], what: string): void => void found.set(`${kind} ${what}`, { kind, what: what.slice(0, 120) })
  const tainted = namesFromContent(program)
  const visit = (node: Syntax, underTools: boolean): void => {
    for (const words of wordsAskedFor(node, tainted)) flag('depends-on-words', words)
    if (node.type === 'StringLiteral') {
      const text = String(node.value)
      const address = /(?:https?:\/\/|www\.)[^\s'"<>]+/i.exec(text)?.[0]
      if (address) flag('address', address)
      if (!underTools && text.trim().length > longestText) flag('long-text', text.trim())
    }
    const below = underTools || (node.type === 'If' && [...walk(node.test)].some(isAboutTools)) || isMacro(node)
    for (const child of childrenOf(node)) visit(child, below)
  }
  visit(program, false)
  return [...found.values()]
}

/** Macros print schemas of tools. */
const isMacro = (node: Syntax): boolean => node.type === 'Macro'

const isAboutTools = (node: Syntax): boolean =>
  node.type === 'Identifier' && /tool|function|document|schema|citation|thinking|reasoning|builtin/i.test(String(node.value))

/** Literals that a comparison looks for in what a message says. */
function wordsAskedFor(node: Syntax, tainted: ReadonlySet<string>): string[] {
  const words = (asked: unknown): string[] =>
    [...walk(asked)].flatMap(({ type, value }) => (type === 'StringLiteral' && isWords(String(value)) ? [String(value)] : []))
  if (node.type === 'BinaryExpression') {
    const operator = (node.operator as { value?: unknown }).value
    if (!['in', 'not in', '==', '!='].includes(String(operator))) {
      const numbers = [node.left, node.right].filter((side) => (side as Syntax).type === 'IntegerLiteral' && (side as Syntax).value !== 0)
      const compares = ['<', '>', '<=', '>='].includes(String(operator))
      return compares && numbers.length > 0 && isContent(node, tainted) ? ['the length of a message'] : []
    }
    const [left, right] = [node.left as Syntax, node.right as Syntax]
    if (isContent(right, tainted)) return words(left)
    return isContent(left, tainted) ? words(right) : []
  }
  if (node.type === 'CallExpression') {
    const callee = node.callee as Syntax
    const method = callee.type === 'MemberExpression' ? nameOf(callee.property) : ''
    const asks = ['startswith', 'endswith', 'find', 'count', 'index'].includes(method)
    return asks && isContent(callee.object, tainted) ? words(node.args) : []
  }
  return []
}

/** Letters of a language, not a mark such as `<|im_start|>`, `[/INST]`, `</think>` or `/no_think`. */
const isWords = (text: string): boolean => /\p{L}{2}/u.test(text) && !/^\s*[<[{/]/.test(text)

/** Names that hold what a message says, or a piece of it. Parts of a message (`for part in content`) are records: only their text is what it says. */
function namesFromContent(program: Syntax): ReadonlySet<string> {
  const names = new Set<string>()
  for (let size = -1; size !== names.size; ) {
    size = names.size
    for (const node of walk(program)) {
      if (node.type === 'Set' && isContent(node.value, names)) names.add(nameOf(node.assignee))
      const isPieces = node.type === 'For' && ['CallExpression', 'FilterExpression'].includes((node.iterable as Syntax).type)
      if (isPieces && isContent(node.iterable, names)) names.add(nameOf(node.loopvar))
    }
  }
  names.delete('')
  return names
}

/** fields of a message or of a part that say something about it, and nothing of what it says */
const aside = /^(type|role|name|id|tool_calls|tool_call_id|reasoning_content|image|image_url|first|last|index0?)$/

/** Whether an expression depends on what a message says. */
function isContent(value: unknown, tainted: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((one) => isContent(one, tainted))
  if (!isSyntax(value)) return false
  if (value.type === 'MemberExpression') {
    const property = nameOf(value.property)
    if (property === 'content' || property === 'text') return true
    return !aside.test(property) && isContent(value.object, tainted)
  }
  if (value.type === 'Identifier') return tainted.has(String(value.value))
  return [...childrenOf(value)].some((child) => isContent(child, tainted))
}

const nameOf = (value: unknown): string => {
  const { type, value: name, property } = value as Syntax
  if (type === 'MemberExpression') return nameOf(property)
  return type === 'Identifier' || type === 'StringLiteral' ? String(name) : ''
}

function* walk(value: unknown): Generator<Syntax> {
  if (Array.isArray(value)) for (const one of value) yield* walk(one)
  else if (isSyntax(value)) {
    yield value
    for (const child of childrenOf(value)) yield* walk(child)
  }
}

function* childrenOf(node: Syntax): Generator<Syntax> {
  for (const [key, value] of Object.entries(node))
    if (key !== 'operator') {
      if (isSyntax(value)) yield value
      else if (Array.isArray(value)) for (const one of value.flat()) if (isSyntax(one)) yield one
    }
}

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
