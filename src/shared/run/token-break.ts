import { z } from 'zod'
import type { OutlineToken, TokenLists, TraceSource } from '../trace/trace'

/** A question about the token that is about to be written, as data. Texts are compared without regard to case. */
export const tokenCondition = z.discriminatedUnion('is', [
  z.object({ is: z.literal('any') }),
  /** the token contains this */
  z.object({ is: z.literal('token'), text: z.string().min(1).max(1000) }),
  /** with it, the text contains this, and did not before */
  z.object({ is: z.literal('text'), text: z.string().min(1).max(1000) }),
  /** the entropy of what it is drawn from, in nats, is above */
  z.object({ is: z.literal('unsure'), above: z.number().min(0) }),
  /** the favourites of the models differ */
  z.object({ is: z.literal('disagree') }),
  /** it is the token with this number, from 1 */
  z.object({ is: z.literal('number'), at: z.number().int().min(1) }),
])
export type TokenCondition = z.infer<typeof tokenCondition>

/** Pauses a node that writes before it writes a token that meets the condition. `node`: its place, `outer/inner/node`. */
export const tokenBreak = z.object({ node: z.string().max(1000), when: tokenCondition })
export type TokenBreak = z.infer<typeof tokenBreak>

/** What is known while a text is held before a token. */
export interface HeldToken {
  /** the text so far, its end where it is long */
  readonly text: string
  /** tokens so far */
  readonly tokens: number
  readonly sources: readonly TraceSource[]
  /** what is written next unless the person chooses another one */
  readonly token: OutlineToken
  readonly lists: TokenLists
  /** texts of candidates that can be written here instead */
  readonly choices: readonly string[]
}

/** What the person said: another token or none, and whether to pause at the next one whatever it is. */
export interface TokenAnswer {
  readonly choice?: string | undefined
  readonly step: boolean
}

export interface TokenSight {
  readonly number: number
  readonly token: string
  readonly before: string
  readonly entropy: () => number
  readonly disagree: () => boolean
}

/** Does the token meet the condition? What costs a look at the whole vocabulary is asked only where it matters. */
export function meetsToken(condition: TokenCondition, { number, token, before, entropy, disagree }: TokenSight): boolean {
  switch (condition.is) {
    case 'any':
      return true
    case 'token':
      return token.toLowerCase().includes(condition.text.toLowerCase())
    case 'text': {
      const wanted = condition.text.toLowerCase()
      // what the token completes begins at most so far before it
      const tail = before.slice(Math.max(0, before.length - wanted.length)).toLowerCase()
      return !tail.includes(wanted) && (tail + token.toLowerCase()).includes(wanted)
    }
    case 'unsure':
      return entropy() > condition.above
    case 'disagree':
      return disagree()
    case 'number':
      return number === condition.at
    default:
      return condition satisfies never
  }
}

/** The condition in words, as the reason of a pause. */
export function tellTokenCondition(condition: TokenCondition): string {
  switch (condition.is) {
    case 'any':
      return 'any token comes next'
    case 'token':
      return `the next token contains “${condition.text}”`
    case 'text':
      return `the text comes to contain “${condition.text}”`
    case 'unsure':
      return `the entropy is above ${condition.above} nats`
    case 'disagree':
      return 'the models favour different tokens'
    case 'number':
      return `token ${condition.at} comes next`
    default:
      return condition satisfies never
  }
}

/** Of a model on a server, in words. */
export const cannotHold = (model: string): string => `“${model}” runs on a server: its text comes whole and cannot be held before a token.`
