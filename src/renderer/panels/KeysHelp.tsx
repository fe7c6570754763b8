import { commandGroups } from '../commands/command'
import { commands, isEnabled } from '../commands/registry'
import { Dialog, Keys } from '../parts/parts'
import { useApp } from '../state/hooks'

const hand = [
  ['Double-click the canvas', 'add a node there'],
  ['Drag from a port', 'pull a wire; drop it on a port, a node, or the empty canvas'],
  ['Drag off a wired input', 'take the wire along; drop it on nothing to remove it'],
  ['Drop a node on a wire', 'splice it in'],
  ['Wheel · Ctrl+wheel', 'pan · zoom'],
  ['Space+drag, middle or right button', 'pan'],
  ['Drag on the empty canvas', 'select'],
  ['Ctrl or Shift+click', 'add to the selection'],
] as const

/** All keys, and what the hand can do. */
export function KeysHelp({ onClose }: { onClose(): void }) {
  const app = useApp()
  return (
    <Dialog title="Keyboard and pointer" onClose={onClose} wide>
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
          const members = commands.filter((command) => command.group === group && command.keys?.length)
          if (members.length === 0) return null
          return (
            <section key={group}>
              <h3>{group}</h3>
              {members.map((command) => (
                <p key={command.id} className={isEnabled(command, app) ? 'key-row' : 'key-row is-off'}>
                  <span>{command.title}</span>
                  <span className="key-alternatives">
                    {command.keys?.map((keys) => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </span>
                </p>
              ))}
            </section>
          )
        })}
      </div>
    </Dialog>
  )
}
