import { Diamond, X } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Json } from '../../shared/json'
import { titleIn } from '../../shared/names'
import { pin, pinsOf } from '../state/control'
import { usePlace, useSession, useSpecOf } from '../state/hooks'

/** The pinned outputs of a node, each to be edited: runs take these values instead of asking the node. */
export function PinnedOutputs({ id }: { id: string }) {
  const session = useSession()
  const place = usePlace() + id
  const pinned = useStore(session.control, (control) => pinsOf(control, place))
  const spec = useSpecOf(id)
  if (!pinned) return null
  return (
    <section className="pins" aria-label="Pinned outputs" data-testid="pins">
      <p className="faint">Pinned: runs here take these values; the graph file and runs without a window know nothing of them.</p>
      {Object.entries(pinned).map(([port, value]) => (
        <PinnedOutput key={`${place}.${port}`} place={place} port={port} title={titleIn(spec, 'outputs', port)} value={value} />
      ))}
    </section>
  )
}

function PinnedOutput({ place, port, title, value }: { place: string; port: string; title: string; value: Json }) {
  const session = useSession()
  const isText = typeof value === 'string'
  const [text, setText] = useState(isText ? value : JSON.stringify(value, null, 2))
  const [problem, setProblem] = useState<string>()
  const keep = (next: string): void => {
    setText(next)
    try {
      pin(session.control, place, port, isText ? next : (JSON.parse(next) as Json))
      setProblem(undefined)
    } catch (error) {
      setProblem(`This is not JSON yet: ${(error as Error).message}`)
    }
  }
  return (
    <div className="pin">
      <div className="param-head">
        <Diamond aria-hidden />
        <label className="param-name" htmlFor={`pin-${place}-${port}`}>
          {title}
        </label>
        <button
          type="button"
          className="btn quiet small"
          data-testid={`unpin-${port}`}
          onClick={() => pin(session.control, place, port, undefined)}
        >
          <X /> Unpin
        </button>
      </div>
      <textarea
        className="field"
        id={`pin-${place}-${port}`}
        data-testid={`pin-${port}`}
        rows={Math.min(10, Math.max(3, text.split('\n').length))}
        value={text}
        onChange={(event) => keep(event.target.value)}
      />
      {problem ? (
        <p className="warn-box" role="alert">
          {problem}
        </p>
      ) : null}
    </div>
  )
}
