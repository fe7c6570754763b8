import { Play } from 'lucide-react'
import { useState } from 'react'
import type { TemplateCard } from '../../shared/api'
import { startTemplateBatch } from '../datasets/template-batch'
import { formatBytes } from '../parts/format'
import { createGraph } from '../state/app'
import { useApp, useCatalog } from '../state/hooks'
import { startRun } from '../state/running'
import { toast, toastError } from '../state/view'
import { MiniGraph } from './MiniGraph'

/** A template: its picture, what it does and what will be seen, and unless `brief` what it needs and whose idea it is. One click opens it on the toys and runs it. */
export function TemplateTile({ template, brief = false }: { template: TemplateCard; brief?: boolean }) {
  const app = useApp()
  const specs = useCatalog((catalog) => catalog.specs)
  const [busy, setBusy] = useState(false)
  const missing = template.realModels.filter((model) => !model.present)
  const bytes = missing.reduce((sum, model) => sum + model.downloadBytes, 0)
  const open = async (real: boolean, run: boolean) => {
    setBusy(true)
    const session = await createGraph(app, template.title, { id: template.id, real })
    setBusy(false)
    if (!session) return
    if (real && missing.length > 0) {
      toast(app.view, 'info', `Downloading ${missing.map((model) => model.catalog).join(', ')}; the graph can run when it is here.`)
      for (const model of missing) await app.client.call('models.pull', { id: model.catalog }).catch((error) => toastError(app.view, error))
      return
    }
    if (run && template.batch) await startTemplateBatch(app, session.id, template.batch)
    else if (run) await startRun(app, session)
  }
  return (
    <article className="template" data-testid={`template-${template.id}`}>
      <button
        type="button"
        className="template-open"
        disabled={busy}
        onClick={() => void open(false, false)}
        aria-label={`Open ${template.title}`}
      >
        <MiniGraph document={template.document} specs={specs} />
      </button>
      <div className="template-text">
        <h3>{template.title}</h3>
        <p>{template.summary}</p>
        {brief ? (
          <p className="template-foot">
            <span className="chip">toy models, built in</span>
            {template.realModels.length > 0 ? (
              <span className="chip">{bytes > 0 ? `real models: ${formatBytes(bytes)}` : 'real models are here'}</span>
            ) : null}
          </p>
        ) : (
          <>
            <p className="template-expect">{`You will see: ${template.expect}`}</p>
            <TemplateFacts template={template} bytes={bytes} />
          </>
        )}
        <div className="template-actions">
          <button
            type="button"
            className="btn primary small"
            disabled={busy}
            data-testid={`run-template-${template.id}`}
            onClick={() => void open(false, true)}
          >
            <Play /> Open and run
          </button>
          {template.realModels.length > 0 ? (
            <button type="button" className="btn small" disabled={busy} onClick={() => void open(true, true)}>
              With real models
            </button>
          ) : null}
        </div>
      </div>
    </article>
  )
}

/** The models that it needs, the memory that they take together, and whose idea it is. */
function TemplateFacts({ template, bytes }: { template: TemplateCard; bytes: number }) {
  const { toys, real } = template.peakBytes
  return (
    <dl className="template-facts">
      <div>
        <dt>Toys</dt>
        <dd>{`built in, ≈ ${formatBytes(toys)} in memory`}</dd>
      </div>
      {real === undefined ? null : (
        <div>
          <dt>Real</dt>
          <dd>{`${bytes > 0 ? `${formatBytes(bytes)} to fetch` : 'models are here'}, ≈ ${formatBytes(real)} in memory`}</dd>
        </div>
      )}
      {template.papers.length === 0 ? null : (
        <div>
          <dt>From</dt>
          <dd title={template.papers.join('\n')}>{template.papers.join(' · ')}</dd>
        </div>
      )}
    </dl>
  )
}
