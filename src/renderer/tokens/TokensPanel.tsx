import { memo, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { isTraceReport, type TraceOutline, type TraceReport } from '../../shared/trace/trace'
import { KeysOf } from '../panels/KeysOf'
import { useOutput } from '../panels/OutputValue'
import { useRoom } from '../panels/use-room'
import { Empty } from '../parts/parts'
import { editParam } from '../state/editing'
import { selectOnly } from '../state/flow'
import { heldPaths } from '../state/held'
import { useApp, useCatalog, useDocument, useFlow, useRun, useRunPrefix, useSession, useShown } from '../state/hooks'
import { startRun } from '../state/running'
import { branchesOf, whyNoFork } from './fork'
import { forkAt } from './forking'
import { HeldText } from './HeldText'
import { type Look, lookKey, looks, type Place, setLook } from './looks'
import { type Filter, firstDifference, matches, nextAfter, summaryOf } from './summary'
import { TokenChips } from './TokenChips'
import { TokenDetail } from './TokenDetail'
import { type BarChoices, TokensBar } from './TokensBar'
import { useLists, useTrace } from './trace-data'
import { tracedNode, traceOf, writes } from './traced'
import '../theme/sources.css'
import './tokens.css'

/** Tokens of the node that is selected, or that the selected operator feeds. */
export function TokensPanel() {
  const selected = useFlow((flow) => flow.selectedNodes)
  const document = useShown((graph) => graph)
  const run = useRun((view) => view.state)
  const node = tracedNode(document, run, selected)
  const prefix = useRunPrefix()
  useRoom()
  const held = run.status === 'running' ? heldPaths(run.nodes) : []
  const path = held.find((one) => selected.some((id) => one === prefix + id)) ?? held[0]
  if (path !== undefined) return <Held path={path} />
  if (node === undefined) return <Empty>Tokens are seen where a text is written: add a Decoder or a Language model.</Empty>
  return <NodeTokens key={node} node={node} />
}

/** What it writes waits before a token. */
function Held({ path }: { path: string }) {
  const state = useRun((view) => view.state.nodes[path])
  const title = useTitle(path.split('/').at(-1) ?? path)
  if (!state?.held) return null
  return <HeldText path={path} title={title} reason={state.reason ?? ''} held={state.held} />
}

export function useReport(node: string | undefined): TraceReport | undefined {
  const output = useRun((view) => (node === undefined ? undefined : traceOf(view.state, node)))
  const value = useOutput(output)
  return isTraceReport(value) ? value : undefined
}

const nothing: Look = {}

function NodeTokens({ node }: { node: string }) {
  const session = useSession()
  const report = useReport(node)
  const document = useShown((graph) => graph)
  const title = useTitle(node)
  const look = useStore(looks, (state) => state.of[lookKey(session.id, node)]) ?? nothing
  const branches = branchesOf(document, node)
  const others = Object.keys(document.nodes).filter((id) => id !== node && writes(document, id))
  const other = look.with !== undefined && others.includes(look.with) ? look.with : undefined
  const otherReport = useReport(other)
  if (!report) return <NoTrace node={node} title={title} />
  return (
    <TraceView
      key={report.blob}
      node={node}
      report={report}
      selected={look.selected}
      other={other === undefined ? undefined : { node: other, report: otherReport }}
      others={[...branches, ...others.filter((id) => !branches.includes(id))]}
    />
  )
}

export function useTitle(node: string): string {
  const found = useShown((graph) => graph.nodes[node])
  const spec = useCatalog((catalog) => catalog.specs.get(found?.type ?? ''))
  return found?.title ?? spec?.title ?? node
}

/** It has written nothing yet, or without a trace. */
function NoTrace({ node, title }: { node: string; title: string }) {
  const app = useApp()
  const session = useSession()
  const phase = useRun((view) => view.state.nodes[node]?.phase)
  if (phase === 'running' || phase === 'queued') return <Empty>{`${title} is writing; its tokens are shown when it is done.`}</Empty>
  if (phase !== 'done' && phase !== 'cached')
    return (
      <Empty>
        {title} has not run yet. Press <KeysOf command="run" />.
      </Empty>
    )
  const record = () => {
    editParam(session, node, 'trace', 5)
    void startRun(app, session, { to: [node], seed: session.run.getState().state.seed })
  }
  return (
    <Empty>
      <p>{`${title} kept no trace of its tokens: one model without a drafter keeps none by itself.`}</p>
      <button type="button" className="btn" onClick={record}>
        Keep a trace and run again
      </button>
    </Empty>
  )
}

interface TraceViewProps {
  readonly node: string
  readonly report: TraceReport
  readonly selected: Place | undefined
  readonly other: { readonly node: string; readonly report: TraceReport | undefined } | undefined
  readonly others: readonly string[]
}

function TraceView(props: TraceViewProps) {
  const { outline, error } = useTrace(props.report.blob)
  if (error !== undefined) return <Empty>{error}</Empty>
  return outline ? <OpenTrace {...props} outline={outline} /> : <Empty>Opening the trace…</Empty>
}

/** The chips stand still while the pointer moves over them: what is pointed at is told to the detail alone. */
const Chips = memo(TokenChips)

function OpenTrace({ node, report, selected: wanted, other, others, outline }: TraceViewProps & { readonly outline: TraceOutline }) {
  const app = useApp()
  const session = useSession()
  const isPast = useDocument((state) => state.readOnly)
  const isLive = useRun((view) => view.live || view.starting)
  const data = useTrace(report.blob)
  const otherData = useTrace(other?.report?.blob)
  const title = useTitle(node)
  const selected = wanted?.branch === 1 && !other ? undefined : wanted
  const [hovered, setHovered] = useState<Place>()
  const [choices, setChoices] = useState<BarChoices>({ query: '', filter: 'all' as Filter })
  const looked = hovered ?? selected
  const lookedData = looked?.branch === 1 ? otherData : data
  const lists = useLists(looked?.branch === 1 ? (other?.report?.blob ?? '') : report.blob, lookedData, looked?.token)
  const summary = useMemo(() => summaryOf(outline, report), [outline, report])
  const otherOutline = otherData.outline
  const difference = useMemo(
    () => (otherOutline ? firstDifference(outline.tokens, otherOutline.tokens) : undefined),
    [outline, otherOutline],
  )
  const { query, filter } = choices
  const matching = useMemo(() => matches(outline.tokens, query, filter), [outline, query, filter])
  const otherMatching = useMemo(() => matches(otherOutline?.tokens ?? [], query, filter), [otherOutline, query, filter])
  const hands = useMemo(() => {
    const handOf = (branch: 0 | 1) => ({
      onSelect: (token: number) => setLook(session.id, node, { selected: { branch, token } }),
      onHover: (token: number | undefined) => setHovered(token === undefined ? undefined : { branch, token }),
    })
    return [handOf(0), handOf(1)] as const
  }, [session.id, node])
  const lookedNode = looked?.branch === 1 && other ? other.node : node
  const lookedOutline = looked?.branch === 1 ? otherOutline : outline
  const fork = (choice: string) => {
    if (!looked || !lookedOutline) return
    const id = forkAt(app, session, { node: lookedNode, tokens: lookedOutline.tokens, at: looked.token, choice })
    if (id === undefined) return
    setLook(session.id, lookedNode, { with: id, selected: { branch: 1, token: looked.token } })
    selectOnly(session.flow, [lookedNode])
  }
  const whyNot = (choice: string): string | undefined => {
    if (isPast) return 'A run of the past is looked at: leave it to branch.'
    if (isLive) return 'Wait until the run is over.'
    return looked && lookedOutline ? whyNoFork({ tokens: lookedOutline.tokens, at: looked.token, choice }) : undefined
  }
  const column = (branch: 0 | 1) => ({
    selected: selected?.branch === branch ? selected.token : undefined,
    difference,
    ...hands[branch],
  })
  return (
    <div className="tokens-panel" data-testid="tokens-panel">
      <TokensBar
        node={node}
        report={report}
        outline={outline}
        summary={summary}
        other={other?.node}
        others={others}
        choices={choices}
        onChoices={setChoices}
        onCompare={(id) => setLook(session.id, node, { with: id })}
        onNext={() => {
          const next = nextAfter(summary.disagreements, selected?.branch === 0 ? selected.token : undefined)
          if (next !== undefined) hands[0].onSelect(next)
        }}
      />
      <div className="tokens-body">
        <div className="token-branches">
          <Chips outline={outline} label={`Tokens of ${title}`} matching={matching} {...column(0)} />
          {other ? (
            <Other node={other.node} difference={difference}>
              {otherOutline ? (
                <Chips outline={otherOutline} label="Tokens of the other branch" matching={otherMatching} {...column(1)} />
              ) : (
                <Empty>{isLive ? 'This branch is being written.' : 'This branch has no trace yet.'}</Empty>
              )}
            </Other>
          ) : null}
        </div>
        {looked && lookedOutline ? (
          <TokenDetail outline={lookedOutline} index={looked.token} lists={lists} whyNot={whyNot} onFork={fork} />
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: where there is little room it is scrolled by keys
          <p className="token-detail token-hint faint" tabIndex={0}>
            Point at a token, or walk with the arrow keys, to see what each model held likely. Choose another candidate and the text goes on
            from there in a branch.
          </p>
        )}
      </div>
    </div>
  )
}

function Other({ node, difference, children }: { node: string; difference: number | undefined; children: React.ReactNode }) {
  const title = useTitle(node)
  return (
    <>
      <p className="token-branch-title">
        <span className="clip">{title}</span>
        <span className="faint">{difference === undefined ? 'the same text' : `first difference at token ${difference + 1}`}</span>
      </p>
      {children}
    </>
  )
}
