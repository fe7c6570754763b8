import type { Command } from './command'
import { parseKeys } from './keys'

/**
 * Which keys do what: the defaults of the commands, and what a person set instead. Pure. Kept in the settings by command, alternatives on lines of their own;
 * an empty text takes all keys away.
 */
export type Remapped = Readonly<Record<string, string>>

const isRemapped = (remapped: Remapped, id: string) => Object.hasOwn(remapped, id)

export function keysFor(command: Pick<Command, 'id' | 'keys'>, remapped: Remapped): readonly string[] {
  if (!isRemapped(remapped, command.id)) return command.keys ?? []
  return (remapped[command.id] ?? '').split('\n').filter((keys) => keys !== '')
}

/** What stands in the way of giving keys to a command. `taken` may be overridden; the others may not. */
export type Obstacle =
  | { readonly type: 'taken'; readonly by: Command }
  /** the first stroke of a sequence, or a sequence that begins with the keys of another */
  | { readonly type: 'prefix'; readonly by: Command }
  /** never a single plain key that destroys */
  | { readonly type: 'destroys' }
  /** typing needs it, and the command also acts in text fields */
  | { readonly type: 'typing' }

export function obstacleTo(commands: readonly Command[], remapped: Remapped, command: Command, keys: string): Obstacle | undefined {
  if (command.danger && isPlain(keys) && !command.keys?.includes(keys)) return { type: 'destroys' }
  if (command.inFields && !parseKeys(keys).every((stroke) => stroke.mod)) return { type: 'typing' }
  for (const other of commands) {
    if (other.id === command.id) continue
    for (const theirs of keysFor(other, remapped)) {
      if (sameKeys(theirs, keys)) return { type: 'taken', by: other }
      if (begins(theirs, keys) || begins(keys, theirs)) return { type: 'prefix', by: other }
    }
  }
  return undefined
}

/** Gives keys to a command, in the place of its first ones, and takes them from whoever had them. */
export function withKeys(commands: readonly Command[], remapped: Remapped, command: Command, keys: string): Remapped {
  const freed = commands.flatMap((other) => {
    const before = keysFor(other, remapped)
    const after = before.filter((theirs) => !sameKeys(theirs, keys))
    return other.id === command.id || after.length === before.length ? [] : [[other.id, after.join('\n')] as const]
  })
  const [, ...others] = keysFor(command, remapped)
  return tidy(commands, {
    ...remapped,
    ...Object.fromEntries(freed),
    [command.id]: [keys, ...others.filter((own) => !sameKeys(own, keys))].join('\n'),
  })
}

export const withoutKeys = (commands: readonly Command[], remapped: Remapped, command: Command): Remapped =>
  tidy(commands, { ...remapped, [command.id]: '' })

/** Back to the default. Keys that another command got meanwhile stay with it. */
export function withDefault(commands: readonly Command[], remapped: Remapped, command: Command): Remapped {
  const others = commands.filter(({ id }) => id !== command.id).flatMap((other) => keysFor(other, remapped))
  const free = (command.keys ?? []).filter((keys) => !others.some((theirs) => sameKeys(theirs, keys)))
  return tidy(commands, { ...remapped, [command.id]: free.join('\n') })
}

/** What equals the default is not kept, so that a later default reaches everyone. */
function tidy(commands: readonly Command[], remapped: Remapped): Remapped {
  const defaults = new Map(commands.map((command) => [command.id, (command.keys ?? []).join('\n')]))
  return Object.fromEntries(Object.entries(remapped).filter(([id, keys]) => defaults.get(id) !== keys))
}

const isPlain = (keys: string) => parseKeys(keys).every((stroke) => !stroke.mod && !stroke.alt)
const shape = (keys: string) =>
  parseKeys(keys).map(({ mod, alt, shift, key }) => `${mod ? 'm' : ''}${alt ? 'a' : ''}${shift ? 's' : ''} ${key}`)
const sameKeys = (a: string, b: string) => shape(a).join(' ') === shape(b).join(' ')
const begins = (longer: string, shorter: string) => {
  const [a, b] = [shape(longer), shape(shorter)]
  return a.length > b.length && b.every((stroke, i) => stroke === a[i])
}
