import { useState } from 'react'
import { keysFor } from '../commands/bindings'
import { type Command, commandGroups } from '../commands/command'
import { commands, isEnabled, runCommand } from '../commands/registry'
import { Dialog, Keys } from '../parts/parts'
import { useApp, useCatalog } from '../state/hooks'

const hand = [
  ['Double-click the canvas', 'add a node there'],
  ['Ctrl+click the canvas', 'add a node; with Ctrl held, the next one on its wire'],
  ['Drag on the empty canvas', 'select'],
  ['Alt+drag, or Ctrl+right drag, over the canvas', 'cut the wires that are crossed'],
  ['Wheel · Ctrl+wheel', 'pan · zoom'],
  ['Space+drag, middle or right button', 'pan'],
  ['Drag from a port', 'pull a wire; drop it on a port, a node, or the empty canvas'],
  ['Shift+drag from an output', 'take all its wires to another output'],
  ['Drag off a wired input', 'take the wire along; drop it on nothing to remove it'],
  ['Drop a node on a wire', 'splice it in'],
  ['Alt+drag a node', 'put a copy down'],
  ['Shift while dragging', 'keep to the grid'],
  ['Ctrl+click', 'add to the selection'],
  ['Shift+click the left or right half', 'select all that feeds it, or that it feeds'],
  ['Double-click a container', 'go inside'],
  ['Alt+click or middle click a wire', 'bend it there; double-click the point to take it out'],
  ['Ctrl+click a wire', 'add a node into it'],
  ['Shift+click a wire', 'start another wire from the same output'],
] as const

/** All keys, and what the hand can do; or only what goes with what is selected. A row runs its command. */
export function KeysHelp({ onClose }: { onClose(): void }) {
  const app = useApp()
  const remapped = useCatalog((catalog) => catalog.settings?.keys ?? {})
  const [everything, setEverything] = useState(false)
  const act = (command: Command) => {
    onClose()
    runCommand(app, command.id)
  }
  return (
    <Dialog title="Keyboard and pointer" onClose={onClose} wide>
      <label className="check-row">
        <input type="checkbox" checked={everything} onChange={(event) => setEverything(event.target.checked)} /> Also what does not go with
        the selection
      </label>
      <div className="keys-columns" data-testid="keys-help">
        <section>
          <h3>With the pointer</h3>
          {hand.map(([what, does]) => (
            <p key={what} className="key-row">
              <span>{does}</span>
              <small>{what}</small>
            </p>
          ))}
        </section>
        {commandGroups.map((group) => {
          const members = commands.filter(
            (command) => command.group === group && keysFor(command, remapped).length > 0 && (everything || isEnabled(command, app)),
          )
          if (members.length === 0) return null
          return (
            <section key={group}>
              <h3>{group}</h3>
              {members.map((command) => (
                <button
                  type="button"
                  key={command.id}
                  className={isEnabled(command, app) ? 'key-row' : 'key-row is-off'}
                  disabled={!isEnabled(command, app)}
                  onClick={() => act(command)}
                >
                  <span>{command.title}</span>
                  <span className="key-alternatives">
                    {keysFor(command, remapped).map((keys) => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </span>
                </button>
              ))}
            </section>
          )
        })}
      </div>
    </Dialog>
  )
}
