import type { UnknownModel } from '../../shared/api'
import { formatBytes } from '../parts/format'
import { Dialog } from '../parts/parts'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'

/** The question before the first load of a model that came from a file. The answer is kept with its hash. */
export function AcceptModels({ models, again, onClose }: { models: readonly UnknownModel[]; again(): void; onClose(): void }) {
  const app = useApp()
  const several = models.length > 1
  const accept = () => {
    onClose()
    app.client
      .call('models.accept', { sha256: models.map(({ sha256 }) => sha256) })
      .then(again)
      .catch((error) => toastError(app.view, error))
  }
  return (
    <Dialog
      title={several ? 'Load these models for the first time?' : 'Load this model for the first time?'}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Do not load
          </button>
          <button type="button" className="btn primary" data-testid="accept-models-yes" onClick={accept}>
            {several ? 'I trust them: load' : 'I trust it: load'}
          </button>
        </>
      }
    >
      <div className="accept-models" data-testid="accept-models">
        {models.map(({ sha256, name, sizeBytes, architecture, licence, path }) => (
          <section key={sha256}>
            <h3>{name}</h3>
            <p className="faint">{`${architecture} · ${formatBytes(sizeBytes)} · licence ${licence ?? 'not stated'}`}</p>
            <p className="mono" title={path}>
              {path}
            </p>
            <p className="mono">{`sha256 ${sha256}`}</p>
          </section>
        ))}
        <p>
          {several ? 'They were' : 'It was'} added from a file, and {several ? 'their content is' : 'its content is'} not in the catalogue.
          The header was checked; what the weights do, nobody here knows. You are asked once for each content.
        </p>
      </div>
    </Dialog>
  )
}
