import type { LucideIcon } from 'lucide-react'
import type { App } from '../state/app'

/** Headings of the command palette and of the list of keys, in the order in which they are shown. */
export const commandGroups = ['Run', 'Edit', 'Add', 'Select', 'Node', 'Arrange', 'View', 'Graph', 'Application'] as const
export type CommandGroup = (typeof commandGroups)[number]

/**
 * One thing a person can do, in one file. Menu, shortcut, toolbar and command palette are drawn from it.
 * `run` asks for nothing: it reads what is selected and where the pointer is.
 */
export interface Command {
  readonly id: string
  readonly title: string
  readonly group: CommandGroup
  readonly icon?: LucideIcon
  /** default keys; several mean the same. See keys.ts. */
  readonly keys?: readonly string[]
  /** these keys also act while a text field has the focus */
  readonly inFields?: boolean
  /** other words people look for */
  readonly synonyms?: readonly string[]
  /** context menus that show it */
  readonly menus?: readonly ('canvas' | 'node' | 'wire')[]
  readonly danger?: boolean
  /** false: shown greyed, keys do nothing */
  readonly isEnabled?: (app: App) => boolean
  readonly run: (app: App) => void | Promise<void>
  /** Ctrl+V: the key is left to the browser, and the command gets the text of its `paste` event. No permission to read the clipboard is needed then. */
  readonly runWithText?: (app: App, text: string) => void | Promise<void>
}

export const defineCommand = (command: Command): Command => command
