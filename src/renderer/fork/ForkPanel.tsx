import { GitFork, Play, Plus, Trophy, X } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import type { RunCard } from '../../shared/api'
import { allForks, type Fork, mostVariants, variantLabel } from '../../shared/graph/edit'
import { focusOn } from '../../shared/graph/focus'
import { canonicalJson, type Json } from '../../shared/json'
import { paramTitle } from '../../shared/names'
import { CompareTable } from '../compare/CompareTable'
import { compare } from '../compare/chosen'
import { useCompared } from '../compare/use-compared'
import { useRuns } from '../panels/use-runs'
import { Empty } from '../parts/parts'
import { seal, shownScope } from '../state/document'
import { useApp, useCatalog, useDocument, useRun, useRunPrefix, useSession } from '../state/hooks'
import { followRun } from '../state/running'
import { another, changeFork, keep, runFork } from './forking'
import { VariantField } from './VariantField'
import './fork.css'

/** The variants of a forked param side by side: their values, what came out, where they part, and which one stays. */
export function ForkPanel() {
  const document = useDocument((state) => state.document)
  const shown = useDocument(shownScope)
  // those of the graph on the canvas come first
  const forks = useMemo(() => allForks(document).sort((a, b) => Number(b.scope === shown) - Number(a.scope === shown)), [document, shown])
  const [chosen, setChosen] = useState('')
  const fork = forks.find((candidate) => keyOf(candidate) === chosen) ?? forks[0]
  if (!fork)
    return (
      <Empty icon={<GitFork />}>
        Try several values of one param side by side: press the fork <GitFork aria-hidden className="inline-icon" /> beside its name in the
        inspector.
      </Empty>
    )
  return (
    <div className="fork-panel" data-testid="fork-panel">
      {forks.length > 1 ? (
        <select
          className="field fork-choice"
          aria-label="Which fork"
          value={keyOf(fork)}
          onChange={(event) => setChosen(event.target.value)}
        >
          {forks.map((candidate) => (
            <option key={keyOf(candidate)} value={keyOf(candidate)}>
              {keyOf(candidate)}
            </option>
          ))}
        </select>
      ) : null}
      <OneFork key={keyOf(fork)} fork={fork} />
    </div>
  )
}

const keyOf = ({ scope, node, param }: Fork): string => `${scope === undefined ? '' : `${scope} › `}${node}.${param}`

function OneFork({ fork }: { fork: Fork }) {
  const app = useApp()
  const session = useSession()
  const node = useDocument((state) => focusOn(state.document, fork.scope).nodes[fork.node])
  const spec = useCatalog((catalog) => catalog.specs.get(node?.type ?? ''))
  const isShown = useDocument((state) => shownScope(state) === fork.scope)
  const prefix = useRunPrefix()
  const live = useRun((run) => run.live || run.starting)
  const { runs: cards } = useRuns(session.id, '')
  const param = spec?.params[fork.param]
  const latest = fork.values.map((_, i) => latestOf(cards ?? [], fork, i))
  const ids = latest.map((card) => card?.id ?? '')
  const compared = useCompared(ids)
  const finished = ids.filter(Boolean)
  const running = latest.find((card) => card?.status === 'running')?.id
  useEffect(() => {
    if (running !== undefined && !live) void followRun(app, session, running)
  }, [app, session, running, live])
  const set = (values: readonly Json[], isTyping = false) => changeFork(session, { ...fork, values }, isTyping)
  const title = param ? paramTitle(fork.param, param) : fork.param
  const heads = fork.values.map((value, i) => (
    <div key={variantLabel(i)} className="fork-head">
      <b className="fork-letter">{variantLabel(i)}</b>
      <div className="fork-value">
        {param ? (
          <VariantField
            node={fork.node}
            name={fork.param}
            param={param}
            value={value}
            label={`${title}, variant ${variantLabel(i)}`}
            write={(next, isTyping) => set(fork.values.with(i, next ?? (param.default as Json)), isTyping)}
            leave={() => seal(session.document)}
          />
        ) : (
          <code>{JSON.stringify(value)}</code>
        )}
      </div>
      <button type="button" className="btn small" data-testid={`keep-${variantLabel(i)}`} onClick={() => keep(session, fork, i)}>
        <Trophy /> {`Keep ${variantLabel(i)}`}
      </button>
      {fork.values.length > 2 ? (
        <button
          type="button"
          className="btn quiet icon small"
          aria-label={`Leave variant ${variantLabel(i)} out`}
          onClick={() => set(fork.values.toSpliced(i, 1))}
        >
          <X />
        </button>
      ) : null}
      {latest[i] && canonicalJson(latest[i].variant?.value ?? null) !== canonicalJson(value) ? (
        <span className="chip warn">ran with another value</span>
      ) : null}
    </div>
  ))
  return (
    <>
      <div className="fork-bar">
        <GitFork aria-hidden />
        <span>
          <b>{title}</b> of <b>{node?.title || fork.node}</b>
        </span>
        <button
          type="button"
          className="btn primary small"
          data-testid="run-variants"
          disabled={live || running !== undefined}
          onClick={() => void runFork(app, session, fork)}
        >
          <Play /> {`Run ${fork.values.map((_, i) => variantLabel(i)).join(' · ')}`}
        </button>
        <button
          type="button"
          className="btn small"
          disabled={fork.values.length >= mostVariants || !param}
          onClick={() => param && set([...fork.values, another(param, fork.values.at(-1) ?? null)])}
        >
          <Plus /> Variant
        </button>
        <button type="button" className="btn quiet small" disabled={finished.length < 2} onClick={() => compare(app, finished)}>
          Open in Compare
        </button>
        <span className="topbar-space" />
        <span className="faint">What the variants share is computed once.</span>
        <button type="button" className="btn quiet small" onClick={() => set([])}>
          End the fork
        </button>
      </div>
      <CompareTable runs={compared} heads={heads} {...(isShown ? { focus: prefix + fork.node } : {})} />
    </>
  )
}

/** The last run of a variant, by its letter. */
const latestOf = (cards: readonly RunCard[], fork: Fork, index: number): RunCard | undefined =>
  cards.find(
    ({ variant }) =>
      variant?.scope === fork.scope && variant?.node === fork.node && variant.param === fork.param && variant.label === variantLabel(index),
  )
