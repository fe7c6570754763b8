import type { App } from '../state/app'
import { toastError } from '../state/view'
import { keysFor } from './bindings'
import { type Command, commandGroups } from './command'

/** All commands, found in this folder: a file whose default export is `defineCommand(…)`, or a list of such. Checked when the window opens. */
const modules = import.meta.glob<Command | readonly Command[]>(
  ['./*.ts', '!./*.test.ts', '!./bindings.ts', '!./command.ts', '!./helpers.ts', '!./keys.ts', '!./registry.ts', '!./shortcuts.ts'],
  { eager: true, import: 'default' },
)

export const commands: readonly Command[] = collect(modules)
const byId = new Map(commands.map((command) => [command.id, command]))

export function commandById(id: string): Command {
  const command = byId.get(id)
  if (!command) throw new Error(`no command ${id}`)
  return command
}

/** The keys of a command in this window, as a person may have set them. */
export const keysIn = (app: App, id: string): readonly string[] => keysFor(commandById(id), app.catalog.getState().settings?.keys ?? {})

export const isEnabled = (command: Command, app: App): boolean => command.isEnabled?.(app) ?? true

/** `text`: what a `paste` event brought. */
export function runCommand(app: App, id: string, text?: string): void {
  const command = commandById(id)
  if (!isEnabled(command, app)) return
  Promise.resolve()
    .then(() => (text !== undefined && command.runWithText ? command.runWithText(app, text) : command.run(app)))
    .catch((error) => toastError(app.view, error))
}

/** Sorted by group, then by file. Throws when two commands have one id or one key. */
export function collect(found: Readonly<Record<string, Command | readonly Command[] | undefined>>): readonly Command[] {
  const all = Object.values(found).flatMap((exported) =>
    exported === undefined ? [] : Array.isArray(exported) ? exported : [exported],
  ) as Command[]
  const ids = new Set<string>()
  const keys = new Map<string, string>()
  for (const command of all) {
    if (ids.has(command.id)) throw new Error(`two commands are called ${command.id}`)
    ids.add(command.id)
    for (const key of command.keys ?? []) {
      const other = keys.get(key)
      if (other) throw new Error(`${key} belongs to ${other} and to ${command.id}`)
      keys.set(key, command.id)
    }
  }
  return all.sort((a, b) => commandGroups.indexOf(a.group) - commandGroups.indexOf(b.group))
}
