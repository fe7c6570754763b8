import { Boxes, X } from 'lucide-react'
import { useState } from 'react'
import type { TemplateCard } from '../../shared/api'
import { edited } from '../../shared/graph/diff'
import { formatBytes } from '../parts/format'
import { Tip } from '../parts/parts'
import type { App } from '../state/app'
import { useApp, useCatalog, useDocument, useSession } from '../state/hooks'
import { editWhole, type Session, undoStep } from '../state/session'
import { toast, toastError } from '../state/view'
import { onRealModels, swappable } from './swap'
import './hints.css'

/** Over a graph that still runs on the toys of its template: one step to real models, and back by undo. */
export function SwapBar() {
  const app = useApp()
  const session = useSession()
  const templates = useCatalog((catalog) => catalog.templates)
  const template = useDocument((state) => (state.readOnly ? undefined : swappable(state.document, templates)))
  const [closed, setClosed] = useState(false)
  if (!template || closed) return null
  const bytes = template.realModels.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0)
  return (
    <div className="swap-bar" data-testid="swap-bar">
      <Boxes aria-hidden />
      <Tip text="1 to 2 MB, built in, knowing a tiny invented world: honest inference, invented facts.">
        <span>
          Runs on <b>toy models</b>
          <span className="swap-more"> of 1 to 2 MB, built in, that know a tiny invented world</span>
        </span>
      </Tip>
      <button type="button" className="btn small" data-testid="swap-models" onClick={() => void swap(app, session, template)}>
        {bytes > 0 ? `Swap in real models (${formatBytes(bytes)})` : 'Swap in real models'}
      </button>
      <button type="button" className="btn quiet icon small" aria-label="Stay with the toys" onClick={() => setClosed(true)}>
        <X />
      </button>
    </div>
  )
}

async function swap(app: App, session: Session, template: TemplateCard): Promise<void> {
  try {
    const real = await app.client.call('templates.document', { id: template.id, real: true })
    editWhole(session, 'Swap in real models', (document) => edited(document, onRealModels(document, template.document, real)))
    const missing = template.realModels.filter(({ present }) => !present)
    toast(
      app.view,
      'good',
      missing.length === 0
        ? 'The graph runs on real models now.'
        : `Fetching ${missing.map(({ catalog }) => catalog).join(', ')}; run when it is here.`,
      { action: { label: 'Back to the toys', run: () => void undoStep(session) } },
    )
    for (const { catalog } of missing) await app.client.call('models.pull', { id: catalog })
  } catch (error) {
    toastError(app.view, error)
  }
}
