import { AlertTriangle, CheckCircle2, Info, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useApp, useView } from '../state/hooks'
import { dismissToast, type Toast } from '../state/view'

const icons = { info: <Info />, good: <CheckCircle2 />, bad: <AlertTriangle /> }

/** What is said once. It lies over the canvas, or at the foot of a screen, never over a panel; failures can be read again in the log. */
export function Toasts() {
  const toasts = useView((view) => view.toasts)
  return (
    <div className="toasts" role="status" aria-live="polite" data-testid="toasts">
      {toasts.map((entry) => (
        <ToastRow key={entry.id} entry={entry} />
      ))}
    </div>
  )
}

/** Long enough to be read, and a moment longer where there is something to press. */
const readingMs = ({ text, hint = '', action }: Toast): number =>
  Math.max(action ? 8000 : 4500, Math.min(9000, 2000 + 45 * (text.length + hint.length)))

/** It stays while the pointer or the focus is on it. */
function ToastRow({ entry }: { entry: Toast }) {
  const { view } = useApp()
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const leave = () => {
      if (ref.current?.matches(':hover, :focus-within')) timer = setTimeout(leave, 1000)
      else dismissToast(view, entry.id)
    }
    let timer = setTimeout(leave, readingMs(entry))
    return () => clearTimeout(timer)
  }, [view, entry])
  return (
    <div ref={ref} className={`toast ${entry.kind}`}>
      {icons[entry.kind]}
      <div>
        <p>{entry.text}</p>
        {entry.hint ? <p className="faint">{entry.hint}</p> : null}
      </div>
      {entry.action ? (
        <button
          type="button"
          className="btn small"
          onClick={() => {
            entry.action?.run()
            dismissToast(view, entry.id)
          }}
        >
          {entry.action.label}
        </button>
      ) : null}
      <button type="button" className="btn quiet icon small" aria-label="Dismiss" onClick={() => dismissToast(view, entry.id)}>
        <X />
      </button>
    </div>
  )
}
