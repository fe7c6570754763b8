import { Check, Copy, FlaskConical, Link, Play, Square, Workflow } from 'lucide-react'
import { useId } from 'react'
import { useStore } from 'zustand'
import type { InterfaceInput } from '../../shared/graph/document'
import { humanName } from '../../shared/names'
import { runCommand } from '../commands/registry'
import { OutputValue } from '../panels/OutputValue'
import { asSentence, formatCount, formatMs, plural } from '../parts/format'
import { Keys, Tip } from '../parts/parts'
import { useApp, useDocument, useRun, useSession } from '../state/hooks'
import { inputValue, setInput } from '../state/session'
import { toast, toastError } from '../state/view'
import { FormField } from './FormField'
import { addressOf, forms, showForm } from './form-state'
import { useGraphOutput } from './use-graph-output'
import './form.css'

/** A graph for somebody who only wants its answer: fields from its inputs, answers from its outputs, no set-up. */
export function FormView() {
  const session = useSession()
  const name = useDocument((state) => state.document.name)
  const description = useDocument((state) => state.document.description)
  const inputs = useDocument((state) => state.document.interface.inputs)
  const outputs = useDocument((state) => state.document.interface.outputs)
  return (
    <section className="form-view" aria-label={`Form: ${name || 'Untitled'}`} data-testid="form-view">
      <div className="form-sheet">
        <header className="form-head">
          <div>
            <h1>{name || 'Untitled'}</h1>
            {description ? <p>{description}</p> : null}
          </div>
          <FormTools />
        </header>
        <div className="form-columns">
          <FormInputs key={session.id} inputs={inputs} />
          <section className="form-outputs" aria-label="Answers" aria-live="polite">
            {Object.keys(outputs).map((output) => (
              <FormOutput key={output} name={output} />
            ))}
            {Object.keys(outputs).length === 0 ? (
              <p className="faint">This graph has no output yet: open it on the canvas and add one.</p>
            ) : null}
            <RunLine />
          </section>
        </div>
      </div>
    </section>
  )
}

function FormTools() {
  const app = useApp()
  const session = useSession()
  const isAlone = useStore(forms, (state) => state.alone === session.id)
  const copyLink = async () => {
    await navigator.clipboard.writeText(`${location.origin}${location.pathname}${addressOf(session.id)}`)
    toast(app.view, 'good', 'Copied. The link works in a browser that has opened this Tributary.')
  }
  return (
    <div className="form-tools">
      {app.house.upload ? (
        <Tip text="The address of this form alone">
          <button type="button" className="btn quiet icon" aria-label="Copy the link to this form" onClick={() => void copyLink()}>
            <Link />
          </button>
        </Tip>
      ) : null}
      <button type="button" className="btn" data-testid="form-to-canvas" onClick={() => showForm(session.id, false)}>
        <Workflow /> {isAlone ? 'Open the graph' : 'Canvas'}
      </button>
    </div>
  )
}

function FormInputs({ inputs }: { inputs: Readonly<Record<string, InterfaceInput>> }) {
  const app = useApp()
  const live = useRun((run) => run.live)
  const starting = useRun((run) => run.starting)
  return (
    <form
      className="form-inputs"
      aria-label="What to ask"
      onSubmit={(event) => {
        event.preventDefault()
        runCommand(app, 'run')
      }}
    >
      {Object.entries(inputs).map(([name, input], place) => (
        <Input key={name} name={name} input={input} isFirst={place === 0} />
      ))}
      {Object.keys(inputs).length === 0 ? <p className="faint">This graph asks for nothing: it can run as it is.</p> : null}
      <div className="form-actions">
        {live || starting ? (
          <button
            type="button"
            className="btn stop large"
            data-testid="form-stop"
            disabled={starting}
            onClick={() => runCommand(app, 'stop')}
          >
            <Square /> Stop
          </button>
        ) : (
          <button type="submit" className="btn primary large" data-testid="form-run">
            <Play /> Run
          </button>
        )}
        <Keys keys={live ? 'Mod+Alt+Enter' : 'Mod+Enter'} />
      </div>
    </form>
  )
}

function Input({ name, input, isFirst }: { name: string; input: InterfaceInput; isFirst: boolean }) {
  const session = useSession()
  const id = useId()
  const value = useStore(session.inputs, () => inputValue(session, name))
  const typed = useStore(session.inputs, (state) => state.values[name])
  const offered = input.default ?? input.example
  const isOptional = input.required === false || input.default !== undefined
  return (
    <div className="form-input" data-testid={`form-input-${name}`}>
      <div className="form-label">
        <label htmlFor={id}>{humanName(name)}</label>
        {isOptional ? <span className="faint">optional</span> : null}
        {typed !== undefined && offered !== undefined ? (
          <button type="button" className="link" onClick={() => setInput(session, name, undefined)}>
            {input.default === undefined ? 'Use the example' : 'Use the default'}
          </button>
        ) : null}
      </div>
      {input.doc ? (
        <p className="form-doc" id={`${id}-doc`}>
          {asSentence(input.doc)}
        </p>
      ) : null}
      <FormField
        id={id}
        label={humanName(name)}
        input={input}
        value={value}
        isFirst={isFirst}
        describedBy={input.doc ? `${id}-doc` : undefined}
        onChange={(next) => setInput(session, name, next)}
      />
    </div>
  )
}

function FormOutput({ name }: { name: string }) {
  const app = useApp()
  const { declared, node, output, value, streaming } = useGraphOutput(name)
  const isWaiting = useRun((run) => run.live || run.starting)
  const isStale = useRun((run) => node !== undefined && run.stale.has(node))
  if (!declared) return null
  const copy = async () => {
    await navigator.clipboard.writeText(typeof value === 'string' ? value : JSON.stringify(value, null, 2))
    toast(app.view, 'good', 'Copied.')
  }
  return (
    <article className="form-output" aria-busy={streaming !== undefined} data-testid={`form-output-${name}`}>
      <header>
        <h2>{declared.doc ? declared.doc.replace(/[.]$/, '') : humanName(name)}</h2>
        {isStale ? <span className="chip warn">of an earlier graph</span> : null}
        {output && streaming === undefined ? (
          <Tip text="Copy it">
            <button type="button" className="btn quiet icon small" aria-label={`Copy ${humanName(name)}`} onClick={() => void copy()}>
              <Copy />
            </button>
          </Tip>
        ) : null}
      </header>
      {streaming !== undefined ? (
        <p className="form-streaming" data-testid={`form-streaming-${name}`}>
          {streaming}
          <span className="caret" aria-hidden />
        </p>
      ) : output && node !== undefined ? (
        declared.type === 'json' ? (
          <details className="form-data">
            <summary>Show the data</summary>
            <OutputValue output={output} node={node} />
          </details>
        ) : (
          <OutputValue output={output} node={node} />
        )
      ) : (
        <p className="faint">{isWaiting ? 'On its way…' : 'The answer appears here.'}</p>
      )}
    </article>
  )
}

/** How the run went, in a line; a failure in its own words; and a way to keep a good one as a test case. */
function RunLine() {
  const app = useApp()
  const state = useRun((run) => run.state)
  const live = useRun((run) => run.live)
  const run = useRun((view) => view.id)
  if (state.status === 'failed' && state.error)
    return (
      <p className="form-error" role="alert" data-testid="form-error">
        <b>{asSentence(state.error.message)}</b> {state.error.hint ? asSentence(state.error.hint) : ''}
      </p>
    )
  if (live || state.status !== 'done' || run === undefined) return null
  const keep = () =>
    app.client.call('datasets.addCase', { run }).then(
      ({ name, rows }) => toast(app.view, 'good', `Kept as row ${formatCount(rows)} of “${name}”.`),
      (error) => toastError(app.view, error),
    )
  return (
    <p className="form-done faint" data-testid="form-done">
      <Check aria-hidden />
      {`Done in ${formatMs(state.totals.wallMs)}${state.totals.tokens > 0 ? `, ${plural(state.totals.tokens, 'token')}` : ''}.`}
      <button type="button" className="btn quiet small" data-testid="keep-as-case" onClick={() => void keep()}>
        <FlaskConical /> Keep as a test case
      </button>
    </p>
  )
}
