import type { App } from '../state/app'
import { keysFor, type Remapped } from './bindings'
import type { Command } from './command'
import { parseKeys, type Stroke, strokeMatches } from './keys'
import { commands, isEnabled, runCommand } from './registry'

interface Binding {
  readonly command: Command
  readonly strokes: readonly Stroke[]
}

const chordMs = 1500

const bindingsFor = (remapped: Remapped = {}): Binding[] =>
  commands.flatMap((command) => keysFor(command, remapped).map((keys) => ({ command, strokes: parseKeys(keys) })))

/** Listens for keys on the window. A key acts on the canvas only: in a text field just those commands act that say so, and no single key acts in a dialog. */
export function listenToKeys(app: App, target: Window): () => void {
  let bindings = bindingsFor(app.catalog.getState().settings?.keys)
  const stopWatching = app.catalog.subscribe(({ settings }, before) => {
    if (settings?.keys !== before.settings?.keys) bindings = bindingsFor(settings?.keys)
  })
  let pasting: Command | undefined
  let begun: { readonly stroke: Stroke; readonly at: number } | undefined

  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return
    const busy = isTextField(event.target) || isInMenu(event.target)
    const binding = bindings.find(({ command, strokes }) => {
      // Typing is the field's: there only what is held with Ctrl acts, whatever keys a person gave to it.
      if (busy && !(command.inFields && strokes.every((stroke) => stroke.mod))) return false
      if (app.view.getState().overlay.type !== 'none' && !command.inFields) return false
      if (isControl(event.target) && !strokes.some(leavesControls) && command.id !== 'select-none') return false
      return strokesMatch(strokes, event, begun)
    })
    const first = bindings.find(({ strokes }) => strokes.length === 2 && strokes[0] && strokeMatches(strokes[0], event))
    begun = !busy && !binding && first?.strokes[0] ? { stroke: first.strokes[0], at: event.timeStamp } : undefined
    if (begun) event.preventDefault()
    if (!binding || !isEnabled(binding.command, app)) return
    if (binding.command.runWithText) {
      pasting = binding.command
      return
    }
    event.preventDefault()
    runCommand(app, binding.command.id)
  }
  const paste = (event: ClipboardEvent) => {
    const command = pasting
    pasting = undefined
    if (!command || isTextField(event.target)) return
    event.preventDefault()
    runCommand(app, command.id, event.clipboardData?.getData('text/plain') ?? '')
  }
  target.addEventListener('keydown', hear)
  target.addEventListener('paste', paste)
  return () => {
    stopWatching()
    target.removeEventListener('keydown', hear)
    target.removeEventListener('paste', paste)
  }
}

/** A key that means nothing to a button or a list: with Ctrl or Alt, or one of the row F1 to F12. */
const leavesControls = ({ mod, alt, key }: Stroke): boolean => mod || alt || /^f\d+$/i.test(key)

function strokesMatch(
  strokes: readonly Stroke[],
  event: KeyboardEvent,
  begun: { readonly stroke: Stroke; readonly at: number } | undefined,
): boolean {
  const [first, second] = strokes
  if (!first) return false
  if (!second) return begun === undefined && strokeMatches(first, event)
  if (!begun || event.timeStamp - begun.at > chordMs) return false
  return begun.stroke.key === first.key && begun.stroke.alt === first.alt && begun.stroke.mod === first.mod && strokeMatches(second, event)
}

export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button', 'submit'].includes(target.type)
}

/** Enter presses a button and Tab goes on to the next one: keys without Ctrl or Alt belong to the control that has the focus. */
const isControl = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('button,a,summary,input,[role="tab"],[role="separator"]') !== null

const isInMenu = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('[role="menu"],[role="listbox"],[role="dialog"],dialog') !== null
