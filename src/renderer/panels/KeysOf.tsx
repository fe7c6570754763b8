import { keysFor } from '../commands/bindings'
import { commandById } from '../commands/registry'
import { Keys } from '../parts/parts'
import { useCatalog } from '../state/hooks'

/** The first keys of a command, as they are set now. */
export function KeysOf({ command }: { command: string }) {
  const keys = useCatalog(({ settings }) => keysFor(commandById(command), settings?.keys ?? {})[0])
  return keys === undefined ? <b>{commandById(command).title}</b> : <Keys keys={keys} />
}
