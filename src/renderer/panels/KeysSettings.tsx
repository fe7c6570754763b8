import { RotateCcw, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { keysFor, type Obstacle, obstacleTo, type Remapped, withDefault, withKeys, withoutKeys } from '../commands/bindings'
import { type Command, commandGroups } from '../commands/command'
import { keysOf } from '../commands/keys'
import { commands } from '../commands/registry'
import { Dialog, Keys } from '../parts/parts'
import { useApp, useCatalog } from '../state/hooks'
import { setSettings } from '../state/settings'
import { search } from './search'

const none: Remapped = {}

/** Every command with its keys. They can be set, taken away and set back; what is already somebody's is only taken after a question. */
export function KeysSettings() {
  const app = useApp()
  const remapped = useCatalog((catalog) => catalog.settings?.keys ?? none)
  const [query, setQuery] = useState('')
  const [changing, setChanging] = useState<Command>()
  const found = search([...commands], query, (command) => ({
    title: command.title,
    words: [command.id, ...(command.synonyms ?? [])],
    summary: '',
  }))
  const save = (keys: Remapped) => setSettings(app, { keys: { ...keys } }).catch(() => undefined)
  return (
    <section className="keys-settings" aria-label="Keys" data-testid="keys-settings">
      <header className="keys-settings-head">
        <h2>Keys</h2>
        <div className="side-search">
          <Search aria-hidden />
          <input
            className="field"
            aria-label="Find a command"
            placeholder="Find a command…"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </div>
        <button type="button" className="btn" disabled={Object.keys(remapped).length === 0} onClick={() => void save({})}>
          <RotateCcw /> All as delivered
        </button>
      </header>
      {commandGroups.map((group) => {
        const members = found.filter((command) => command.group === group)
        return members.length === 0 ? null : (
          <div key={group} className="keys-group">
            <h3 className="block-title">{group}</h3>
            {members.map((command) => (
              <div key={command.id} className="keys-row" data-testid={`keys-row-${command.id}`}>
                <span>{command.title}</span>
                <span className="key-alternatives">
                  {keysFor(command, remapped).map((keys) => (
                    <Keys key={keys} keys={keys} />
                  ))}
                </span>
                <button
                  type="button"
                  className="btn small"
                  aria-label={`Change the keys of ${command.title}`}
                  onClick={() => setChanging(command)}
                >
                  Change
                </button>
                <button
                  type="button"
                  className="btn quiet icon small"
                  aria-label={`Keys of ${command.title} as delivered`}
                  disabled={!Object.hasOwn(remapped, command.id)}
                  onClick={() => void save(withDefault(commands, remapped, command))}
                >
                  <RotateCcw />
                </button>
              </div>
            ))}
          </div>
        )
      })}
      {changing ? (
        <ChangeKeys
          command={changing}
          remapped={remapped}
          onClose={() => setChanging(undefined)}
          onSave={(next) => {
            setChanging(undefined)
            void save(next)
          }}
        />
      ) : null}
    </section>
  )
}

const chordMs = 900

function ChangeKeys({
  command,
  remapped,
  onClose,
  onSave,
}: {
  command: Command
  remapped: Remapped
  onClose(): void
  onSave(next: Remapped): void
}) {
  const [pressed, setPressed] = useState('')
  useEffect(() => {
    let before: { readonly keys: string; readonly at: number } | undefined
    const hear = (event: KeyboardEvent) => {
      const onButton = event.target instanceof HTMLButtonElement && ['Enter', ' ', 'Tab'].includes(event.key)
      if (onButton || event.key === 'Escape' || (event.key === 'Tab' && !event.ctrlKey)) return
      const keys = keysOf(event)
      if (keys === undefined) return
      event.preventDefault()
      event.stopPropagation()
      const follows = before && event.timeStamp - before.at < chordMs && !before.keys.includes(' ')
      const all = follows && before ? `${before.keys} ${keys}` : keys
      before = { keys: all, at: event.timeStamp }
      setPressed(all)
    }
    window.addEventListener('keydown', hear, true)
    return () => window.removeEventListener('keydown', hear, true)
  }, [])
  const obstacle = pressed === '' ? undefined : obstacleTo(commands, remapped, command, pressed)
  const barred = obstacle !== undefined && obstacle.type !== 'taken'
  return (
    <Dialog
      title={`Keys of “${command.title}”`}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="btn" onClick={() => onSave(withoutKeys(commands, remapped, command))}>
            No keys
          </button>
          <button
            type="button"
            className="btn primary"
            disabled={pressed === '' || barred}
            onClick={() => onSave(withKeys(commands, remapped, command, pressed))}
          >
            {obstacle?.type === 'taken' ? 'Use them here instead' : 'Use these keys'}
          </button>
        </>
      }
    >
      <p>Press the keys; two strokes one after the other are a sequence.</p>
      <p className="keys-pressed" aria-live="assertive" data-testid="keys-pressed">
        {pressed === '' ? <span className="faint">…</span> : <Keys keys={pressed} />}
      </p>
      {obstacle ? (
        <p className="warn-box" role="alert">
          {sayObstacle(obstacle)}
        </p>
      ) : null}
    </Dialog>
  )
}

function sayObstacle(obstacle: Obstacle): string {
  switch (obstacle.type) {
    case 'taken':
      return `These keys belong to “${obstacle.by.title}”. It would have them no more.`
    case 'prefix':
      return `They would get in the way of the keys of “${obstacle.by.title}”, which begin the same.`
    case 'destroys':
      return 'A single plain key may not remove anything: hold Ctrl or Alt with it.'
    case 'typing':
      return 'This command also acts while you type, so its keys need Ctrl.'
    default:
      return obstacle satisfies never
  }
}
