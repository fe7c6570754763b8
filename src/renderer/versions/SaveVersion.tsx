import { useState } from 'react'
import { Dialog } from '../parts/parts'
import { useApp } from '../state/hooks'
import { openPanel } from '../state/panels'
import type { Session } from '../state/session'
import { toast, toastError } from '../state/view'
import { save } from './looking'

/** Ctrl+S: a name for the graph as it is now. Enter is enough: without a name it is called by the time. */
export function SaveVersion({ session, onClose }: { session: Session; onClose(): void }) {
  const app = useApp()
  const [name, setName] = useState('')
  const byTime = new Date().toLocaleString()
  const submit = () => {
    onClose()
    save(app, session, name.trim() || byTime).then(
      (version) =>
        toast(app.view, 'good', `Saved as version @${version.version}.`, {
          action: { label: 'All versions', run: () => openPanel(app.view, 'left', 'versions') },
        }),
      (error) => toastError(app.view, error),
    )
  }
  return (
    <Dialog
      title="Name this version"
      onClose={onClose}
      foot={
        <button type="button" className="btn primary" onClick={submit}>
          Save
        </button>
      }
    >
      <form
        className="save-version"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <input
          className="field"
          aria-label="Name of the version"
          placeholder={byTime}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
          ref={(field) => field?.focus()}
        />
        <p className="faint">Every edit is saved by itself. A named version is a place to come back to, and is never thinned out.</p>
      </form>
    </Dialog>
  )
}
