import type { NodeProps } from '@xyflow/react'
import { LogIn } from 'lucide-react'
import { memo } from 'react'
import { useStore } from 'zustand'
import { wireKinds } from '../../shared/wire'
import { useIssues } from '../panels/problems'
import { ValueField } from '../panels/ValueField'
import { shownPath } from '../state/document'
import { useDocument, useSession, useShown } from '../state/hooks'
import { inputValue, setInput } from '../state/session'
import { DiffNote, diffClass, useDiffMark } from '../versions/DiffNote'
import { CardGrip } from './CardGrip'
import { readPorts } from './card-ports'
import type { FlowNode } from './flow-mapping'
import { InnerValue } from './InnerValue'
import { Port } from './PortRow'
import { sameCard } from './same-card'

/** An input of the graph: what the next run gets is typed right here. The value is a draft beside the document. */
export const InputCard = memo(function InputCard({ id, selected }: NodeProps<FlowNode>) {
  const session = useSession()
  const name = id.slice(1)
  const declared = useShown((graph) => graph.interface.inputs[name])
  const wired = useShown((graph) => readPorts(graph, id).size > 0)
  const value = useStore(session.inputs, () => inputValue(session, name))
  const inside = useDocument((state) => shownPath(state).length > 0)
  const problem = useIssues(id)
  const mark = useDiffMark(id)
  if (!declared) return null
  const { family } = wireKinds[declared.type]
  const port = {
    name: '',
    title: name,
    kind: declared.type,
    family,
    list: false,
    summary: declared.doc ?? '',
    open: false,
    wired,
    isParam: false,
    missing: false,
  }
  return (
    <article
      className={`card end-card ${selected ? 'is-selected' : ''} ${diffClass(mark)}`}
      data-family={family}
      data-testid={`node-${id}`}
      aria-label={`Input ${name}`}
    >
      <header className="card-head">
        <span className="card-glyph" aria-hidden>
          <LogIn />
        </span>
        <span className="card-title">{name}</span>
        <span className="chip">{declared.required === false ? 'optional input' : 'input'}</span>
      </header>
      <DiffNote mark={mark} />
      <div className="card-body">
        {declared.doc ? <p className="end-doc">{declared.doc}</p> : null}
        <div className="card-face nodrag nowheel" data-kind="text">
          {inside ? (
            <InnerValue name={name} />
          ) : (
            <ValueField
              kind={declared.type}
              value={value}
              label={`Value of input ${name}`}
              onChange={(next) => setInput(session, name, next)}
            />
          )}
        </div>
        {problem?.severity === 'error' ? <p className="card-error">{problem.message}</p> : null}
      </div>
      <Port node={id} port={port} side="out" />
      {selected ? <CardGrip id={id} /> : null}
    </article>
  )
}, sameCard)
