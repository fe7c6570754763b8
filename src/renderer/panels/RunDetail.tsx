import { ClipboardCheck, Download, GitBranch, History, Repeat, RotateCw, ThumbsDown, ThumbsUp, Trash2, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { RunCard } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { nameNode } from '../../shared/graph/issue'
import { formatMs } from '../parts/format'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'
import { NodeFigures } from './NodeFigures'
import { exportBundle, openRun, rerun, saveTestCase } from './run-actions'
import { parseTags } from './run-filter'

/** One run in full: what it was given and gave, what a person thinks of it, and everything that can be done with it. */
export function RunDetail({ card, onClose }: { card: RunCard; onClose(): void }) {
  const app = useApp()
  const [document, setDocument] = useState<GraphDocument>()
  useEffect(() => {
    setDocument(undefined)
    app.client.call('runs.snapshot', { run: card.id }).then(
      (snapshot) => setDocument(snapshot.document),
      (error) => toastError(app.view, error),
    )
  }, [app, card.id])
  const mark = (marks: { verdict?: 'good' | 'bad' | null; tags?: string[]; note?: string }) =>
    void app.client.call('runs.mark', { run: card.id, ...marks }).catch((error) => toastError(app.view, error))
  const remove = () => {
    onClose()
    app.client.call('runs.delete', { run: card.id }).catch((error) => toastError(app.view, error))
  }
  return (
    <aside className="run-detail" aria-label="The chosen run" data-testid="run-detail">
      <header>
        <div>
          <b>{card.graphName || 'Untitled'}</b>
          <p className="faint">{`${new Date(card.startedAt).toLocaleString()} · ${formatMs(card.wallMs)} · seed ${card.seed}`}</p>
        </div>
        <button type="button" className="btn quiet icon small" aria-label="Close" onClick={onClose}>
          <X />
        </button>
      </header>
      <div className="run-verdict">
        <Verdict kind="good" card={card} onMark={(verdict) => mark({ verdict })} />
        <Verdict kind="bad" card={card} onMark={(verdict) => mark({ verdict })} />
      </div>
      <Kept label="Tags" value={card.tags.join(' ')} placeholder="demo, long-context…" onKeep={(text) => mark({ tags: parseTags(text) })} />
      <Kept label="Note" value={card.note} placeholder="What is worth remembering?" onKeep={(note) => mark({ note })} />
      <div className="run-actions">
        <button type="button" className="btn" onClick={() => void openRun(app, card)}>
          <History /> Open as of then
        </button>
        <button
          type="button"
          className="btn"
          title="The graph, the inputs and the seed of then, nothing from the cache"
          onClick={() => void rerun(app, card, { document: 'then', fresh: true })}
        >
          <Repeat /> Run again exactly
        </button>
        <button
          type="button"
          className="btn"
          title="The graph as it is now, with the inputs and the seed of then"
          onClick={() => void rerun(app, card, { document: 'now' })}
        >
          <RotateCw /> Run as it is now
        </button>
        <ContinueFrom card={card} document={document} />
        <button type="button" className="btn" disabled={card.status !== 'done'} onClick={() => void saveTestCase(app, card)}>
          <ClipboardCheck /> Save as a test case
        </button>
        <button type="button" className="btn" disabled={card.status === 'running'} onClick={() => void exportBundle(app, card)}>
          <Download /> Export as a bundle
        </button>
        <button type="button" className="btn danger" disabled={card.status === 'running'} onClick={remove}>
          <Trash2 /> Delete
        </button>
      </div>
      <Values title="Given" values={card.inputs} />
      {card.error ? <p className="error-box">{card.error.message}</p> : <Values title="Answered" values={card.outputs} />}
      <NodeFigures card={card} document={document} />
    </aside>
  )
}

const verdicts = { good: { icon: <ThumbsUp />, word: 'good' }, bad: { icon: <ThumbsDown />, word: 'bad' } } as const

function Verdict({ kind, card, onMark }: { kind: 'good' | 'bad'; card: RunCard; onMark(verdict: 'good' | 'bad' | null): void }) {
  const is = card.verdict === kind
  return (
    <button type="button" className={`btn small verdict-${kind}`} aria-pressed={is} onClick={() => onMark(is ? null : kind)}>
      {verdicts[kind].icon} {verdicts[kind].word}
    </button>
  )
}

/** Kept when the field is left, and on Enter. */
function Kept({ label, value, placeholder, onKeep }: { label: string; value: string; placeholder: string; onKeep(text: string): void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return (
    <label className="kept">
      <span>{label}</span>
      <input
        className="field"
        value={text}
        placeholder={placeholder}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => text !== value && onKeep(text)}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
    </label>
  )
}

/** From any node on the values of then, on the graph of then or of now. */
function ContinueFrom({ card, document }: { card: RunCard; document: GraphDocument | undefined }) {
  const app = useApp()
  const nodes = Object.entries(document?.nodes ?? {}).map(([id, node]) => [id, nameNode(id, node)] as const)
  return (
    <span className="continue-from">
      <GitBranch aria-hidden />
      <select
        className="field"
        aria-label="Continue from"
        value=""
        onChange={(event) => {
          const [document, from = ''] = event.target.value.split(' ')
          void rerun(app, card, { document: document === 'now' ? 'now' : 'then', from })
        }}
      >
        <option value="">Continue from…</option>
        <optgroup label="on the graph of then">
          {nodes.map(([id, name]) => (
            <option key={id} value={`then ${id}`}>
              {name}
            </option>
          ))}
        </optgroup>
        <optgroup label="on the graph of now">
          {nodes.map(([id, name]) => (
            <option key={id} value={`now ${id}`}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
    </span>
  )
}

function Values({ title, values }: { title: string; values: readonly { readonly name: string; readonly preview: string }[] }) {
  return (
    <section>
      <h3 className="block-title">{title}</h3>
      {values.map(({ name, preview }) => (
        <div key={name} className="run-value">
          <span className="faint">{name}</span>
          <p>{preview}</p>
        </div>
      ))}
      {values.length === 0 ? <p className="faint">nothing</p> : null}
    </section>
  )
}
