import { useEffect } from 'react'
import type { GraphNode } from '../../shared/graph/document'
import { chosenOptions } from '../../shared/graph/ports'
import type { NodeSpec } from '../../shared/node-spec'
import type { NodeState } from '../../shared/run/fold'
import { formatAgo, formatBytes, formatCount, formatMs, formatNumber, plural } from '../parts/format'
import { useApp, useCatalog, useNodeReason, useNodeRun, useNodeStatus, useShown } from '../state/hooks'
import { type Fact, Facts } from '../viewers/DataViews'
import { MarkdownText } from '../viewers/MarkdownText'
import { Formula } from './Formula'

/** Why this result is what it is: what ran and why, on which model and seed, how long it took; and what the method is and where it comes from. */
export function InspectWhy({ id }: { id: string }) {
  const run = useNodeRun(id)
  const status = useNodeStatus(id)
  const reason = useNodeReason(id)
  const node = useShown((graph) => graph.nodes[id])
  const spec = useCatalog((catalog) => (node ? catalog.specs.get(node.type) : undefined))
  return (
    <>
      <section className="why-block">
        <h3>This result</h3>
        {run ? <Provenance run={run} status={status} reason={reason} /> : <p className="faint">It has not run yet.</p>}
      </section>
      {node && spec ? (
        <section className="why-block">
          <h3>The method</h3>
          <Formula id={id} node={node} spec={spec} />
          {chosenOptions(node, spec).map(({ value, title, summary = '', help, paper }) =>
            help !== undefined || paper !== undefined ? (
              <MarkdownText key={value} text={`**${title}**: ${methodText({ summary, help, paper })}`} />
            ) : null,
          )}
          <MarkdownText text={spec.help ?? spec.summary} />
          <OtherMethods node={node} spec={spec} />
          <dl className="facts">
            {spec.paper ? (
              <div>
                <dt>Paper</dt>
                <dd>{spec.paper}</dd>
              </div>
            ) : null}
            {spec.survey ? (
              <div>
                <dt>Survey</dt>
                <dd>{`“Merge, Ensemble, and Cooperate!”, §${spec.survey}`}</dd>
              </div>
            ) : null}
            {spec.systems?.length ? (
              <div>
                <dt>Systems</dt>
                <dd>
                  <SystemNames ids={spec.systems} />
                </dd>
              </div>
            ) : null}
            <div>
              <dt>Effect</dt>
              <dd>
                {spec.effect === 'pure'
                  ? 'cached by its inputs'
                  : spec.effect === 'reads-world'
                    ? 'cached by what it reads'
                    : 'changes something outside: never cached'}
              </dd>
            </div>
          </dl>
        </section>
      ) : null}
    </>
  )
}

/** Published systems by their names and years. */
function SystemNames({ ids }: { ids: readonly string[] }) {
  const app = useApp()
  const names = useCatalog((catalog) => catalog.systemNames)
  useEffect(() => {
    if (names.size === 0)
      app.client.call('catalog.systems').then(
        (rows) => app.catalog.setState({ systemNames: new Map(rows.map(({ id, name }) => [id, name])) }),
        // their ids say nearly as much
        () => undefined,
      )
  }, [app, names])
  return ids.map((id) => names.get(id) ?? id).join('; ')
}

const methodText = ({ summary, help, paper }: { summary?: string | undefined; help?: string | undefined; paper?: string | undefined }) =>
  [summary, help, paper && `(${paper})`].filter(Boolean).join(' ')

/** What else could be chosen: behind a click, for there may be dozens. */
function OtherMethods({ node, spec }: { node: GraphNode; spec: NodeSpec }) {
  const chosen = chosenOptions(node, spec)
  const others = Object.values(spec.params).flatMap((param) =>
    param.kind === 'choice' ? param.options.filter((option) => option.paper !== undefined && !chosen.includes(option)) : [],
  )
  if (others.length === 0) return null
  return (
    <details className="more">
      <summary>{`${others.length} other methods`}</summary>
      <MarkdownText text={others.map((option) => `- **${option.title}**: ${methodText(option)}`).join('\n')} />
    </details>
  )
}

function Provenance({ run, status, reason }: { run: NodeState; status: string; reason: string | undefined }) {
  const { times, usage, cached } = run
  const rows: readonly Fact[] = [
    ['State', status],
    ['Reason', reason],
    [
      'From',
      cached && `an earlier run, ${formatAgo(Date.now() - cached.ageMs, Date.now())}`,
      cached && `run ${cached.fromRun}, kept under the key ${cached.key}`,
    ],
    ['Seed', run.seed === undefined ? undefined : String(run.seed)],
    ['Attempt', run.attempt > 1 ? String(run.attempt) : undefined],
    ['Model', run.model ? `${run.model.name}${run.model.sizeBytes ? `, ${formatBytes(run.model.sizeBytes)}` : ''}` : undefined],
    ['Time', times.totalMs > 0 ? formatMs(times.totalMs) : undefined],
    ['· waited', times.waitMs >= 1 ? formatMs(times.waitMs) : undefined],
    ['· loading', times.loadMs >= 1 ? formatMs(times.loadMs) : undefined],
    [
      '· prompt',
      times.promptMs >= 1
        ? `${formatMs(times.promptMs)}${usage.promptTokens ? `, ${plural(usage.promptTokens, 'token')}` : ''}${usage.reusedTokens ? `, ${formatCount(usage.reusedTokens)} reused` : ''}`
        : undefined,
    ],
    ['· decoding', times.decodeMs >= 1 ? `${formatMs(times.decodeMs)}, ${plural(usage.tokens, 'token')}` : undefined],
    ['Rate', run.tokensPerSecond > 0 ? `${formatNumber(Math.round(run.tokensPerSecond * 10) / 10)} tokens a second` : undefined],
    [
      'Drafted',
      usage.drafted > 0
        ? `${formatCount(usage.accepted)} of ${formatCount(usage.drafted)} accepted, ${plural(usage.passes, 'pass', 'passes')}`
        : undefined,
    ],
    ['Cache of keys and values', usage.kvBytes > 0 ? formatBytes(usage.kvBytes) : undefined],
    ['Written to disk', usage.writtenBytes > 0 ? formatBytes(usage.writtenBytes) : undefined],
  ]
  return <Facts facts={rows} />
}
