import { AlertTriangle, CheckCircle2, Info, X } from 'lucide-react'
import { useApp, useView } from '../state/hooks'
import { dismissToast } from '../state/view'

const icons = { info: <Info />, good: <CheckCircle2 />, bad: <AlertTriangle /> }

export function Toasts() {
  const app = useApp()
  const toasts = useView((view) => view.toasts)
  return (
    <div className="toasts" role="status" aria-live="polite" data-testid="toasts">
      {toasts.map((entry) => (
        <div key={entry.id} className={`toast ${entry.kind}`}>
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
                dismissToast(app.view, entry.id)
              }}
            >
              {entry.action.label}
            </button>
          ) : null}
          <button type="button" className="btn quiet icon small" aria-label="Dismiss" onClick={() => dismissToast(app.view, entry.id)}>
            <X />
          </button>
        </div>
      ))}
    </div>
  )
}
