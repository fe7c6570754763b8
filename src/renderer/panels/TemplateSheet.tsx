import { useEffect, useState } from 'react'
import type { ModelCard, TemplateReport } from '../../shared/api'
import { Dialog, ProgressBar } from '../parts/parts'
import { useApp } from '../state/hooks'

const kinds: Readonly<Record<string, string>> = {
  'depends-on-words': 'decides by words of a message:',
  'long-text': 'brings a long text of its own:',
  address: 'holds an address:',
  unreadable: 'cannot be read:',
}

/** A model's chat template: known or not, what is odd about it, and what it writes beside what the built-in form writes. */
export function TemplateSheet({ model, onClose }: { model: Pick<ModelCard, 'sha256' | 'name'>; onClose(): void }) {
  const app = useApp()
  const [report, setReport] = useState<TemplateReport>()
  const [problem, setProblem] = useState<string>()
  const sha256 = model.sha256 ?? ''
  useEffect(() => {
    app.client.call('models.template', { sha256 }).then(setReport, (error: Error) => setProblem(error.message))
  }, [app, sha256])
  const own = report?.own
  const decide = (accept: boolean) =>
    app.client
      .call('models.acceptTemplate', { hash: own?.hash ?? '', accept })
      .then(() => app.client.call('models.template', { sha256 }))
      .then(setReport, (error: Error) => setProblem(error.message))
  return (
    <Dialog
      title={`Chat template of ${model.name}`}
      onClose={onClose}
      wide
      foot={
        own && own.family === undefined ? (
          <button type="button" className="btn" data-testid="template-decide" onClick={() => void decide(!own.accepted)}>
            {own.accepted ? 'Use the built-in form again' : 'Use the model’s own template'}
          </button>
        ) : undefined
      }
    >
      {problem ? <p className="error-box">{problem}</p> : null}
      {!report && !problem ? <ProgressBar label="Reading the template" /> : null}
      {report ? (
        <div className="template-sheet" data-testid="template-sheet" data-used={report.used}>
          <p>{standing(report)}</p>
          {own && own.flags.length > 0 ? (
            <ul>
              {own.flags.map(({ kind, what }) => (
                <li key={`${kind} ${what}`}>
                  {kinds[kind] ?? kind} <span className="mono">{what}</span>
                </li>
              ))}
            </ul>
          ) : null}
          <div className="template-samples">
            {own ? (
              <Sample title={report.used === 'own' ? 'Its own template writes (used)' : 'Its own template would write'} text={own.sample} />
            ) : null}
            <Sample
              title={`The built-in form, ${report.wrapper}${report.used === 'wrapper' ? ' (used)' : ''}`}
              text={report.wrapperSample}
            />
          </div>
          {own ? <p className="mono faint">{`template ${own.hash}`}</p> : null}
        </div>
      ) : null}
    </Dialog>
  )
}

function standing({ own, used }: TemplateReport): string {
  if (own === undefined) return 'The file has no chat template: messages are written in a built-in form.'
  const odd = own.flags.length > 0 ? 'This is odd about it:' : 'Nothing odd was found in it.'
  if (own.family !== undefined) return `It is the published template of ${own.family}. ${odd}`
  return used === 'own' ? `Nobody here knows it; you let it run. ${odd}` : `Nobody here knows it, so it is not run. ${odd}`
}

function Sample({ title, text }: { title: string; text: string }) {
  return (
    <section>
      <h3>{title}</h3>
      <pre className="mono">{text}</pre>
    </section>
  )
}
