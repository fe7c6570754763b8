import { X } from 'lucide-react'
import { DropdownMenu as Menu, Tooltip } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'
import { showKeys } from '../commands/keys'

/** Small parts of our own on accessible primitives. No screen builds its own button, tip, menu or dialog. */

/** A hint after a short rest of the pointer, with the keys that do the same. */
export function Tip({
  text,
  keys,
  side = 'bottom',
  children,
}: {
  text: ReactNode
  keys?: string | undefined
  side?: 'top' | 'bottom' | 'left' | 'right'
  children: ReactNode
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tip" side={side} sideOffset={6} collisionPadding={8}>
          {text}
          {keys ? showKeys(keys).map((key) => <kbd key={key}>{key}</kbd>) : null}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

export function Keys({ keys }: { keys: string }) {
  return (
    <span className="keys">
      {showKeys(keys).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}

export interface MenuEntry {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
  readonly keys?: string | undefined
  readonly disabled?: boolean
  readonly danger?: boolean
  readonly checked?: boolean
  /** a line is drawn before this entry */
  readonly separated?: boolean
  onSelect(): void
}

/** Not modal: nothing behind it is locked, and no style element is injected into the page. */
export function DropMenu({
  trigger,
  entries,
  align = 'end',
  label,
}: {
  trigger: ReactNode
  /** a function is asked when the menu opens */
  entries: readonly MenuEntry[] | (() => readonly MenuEntry[])
  align?: 'start' | 'end'
  label?: string
}) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger asChild>{trigger}</Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align={align} sideOffset={4} collisionPadding={8} aria-label={label}>
          <MenuRows entries={entries} />
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}

function MenuRows({ entries }: { entries: readonly MenuEntry[] | (() => readonly MenuEntry[]) }) {
  return (typeof entries === 'function' ? entries() : entries).map((entry) => <MenuRow key={entry.id} entry={entry} />)
}

function MenuRow({ entry }: { entry: MenuEntry }) {
  const className = entry.danger ? 'menu-item danger' : 'menu-item'
  return (
    <>
      {entry.separated ? <div className="menu-line" /> : null}
      <Menu.Item className={className} disabled={entry.disabled ?? false} onSelect={entry.onSelect}>
        {entry.icon ?? <i className="icon-space" />}
        <span>{entry.label}</span>
        {entry.checked ? <span aria-hidden>✓</span> : null}
        {entry.keys ? <Keys keys={entry.keys} /> : null}
      </Menu.Item>
    </>
  )
}

/** The browser's own modal dialog: focus stays inside, Esc closes, everything else is inert. */
export function Dialog({
  title,
  onClose,
  children,
  wide,
  foot,
}: {
  title: string
  onClose(): void
  children: ReactNode
  wide?: boolean
  foot?: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (dialog && !dialog.open) dialog.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current) onClose()
      }}
    >
      <div className="dialog-head">
        <h2>{title}</h2>
        <button type="button" className="btn quiet icon" aria-label="Close" onClick={onClose}>
          <X />
        </button>
      </div>
      <div className="dialog-body">{children}</div>
      {foot ? <div className="dialog-foot">{foot}</div> : null}
    </dialog>
  )
}

export function Switch({
  checked,
  onChange,
  label,
  disabled,
}: {
  checked: boolean
  onChange(next: boolean): void
  label: string
  disabled?: boolean
}) {
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={checked}
      aria-label={label}
      disabled={disabled}
      onClick={() => onChange(!checked)}
    />
  )
}

export function Empty({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <div className="empty">
      {icon}
      <div>{children}</div>
    </div>
  )
}

/** `fraction` undefined: it moves, but nobody knows how far. */
export function ProgressBar({ fraction, label }: { fraction?: number | undefined; label: string }) {
  const known = fraction !== undefined
  return (
    <div
      className={known ? 'bar' : 'bar unknown'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(known ? { 'aria-valuenow': Math.round(fraction * 100) } : {})}
    >
      <i style={known ? { transform: `scaleX(${Math.min(1, Math.max(0, fraction))})` } : {}} />
    </div>
  )
}
