import { Plus } from 'lucide-react'
import type { MetricCard } from '../../shared/batch/api'
import type { MetricUse } from '../../shared/batch/definition'
import { pathOfColumn } from '../../shared/batch/path'
import { RemoveButton } from './Buttons'

/** What is measured: a metric, the output that it looks at, the column that says what was expected. */
export function MetricRows({
  uses,
  metrics,
  outputs,
  columns,
  onChange,
}: {
  uses: readonly MetricUse[]
  metrics: readonly MetricCard[]
  outputs: readonly string[]
  columns: readonly string[]
  onChange(next: MetricUse[]): void
}) {
  const change = (at: number, next: MetricUse) => onChange(uses.map((use, i) => (i === at ? next : use)))
  const add = () =>
    onChange([...uses, fitting(metrics.find(({ kind }) => !uses.some((use) => use.kind === kind)) ?? metrics[0], uses, outputs, columns)])
  return (
    <>
      <ul className="setup-rows">
        {uses.map((use, at) => {
          const metric = metrics.find(({ kind }) => kind === use.kind)
          return (
            <li key={use.name}>
              <select
                className="field"
                aria-label={`Metric ${at + 1}`}
                title={metric?.summary}
                value={use.kind}
                onChange={(event) =>
                  change(
                    at,
                    fitting(
                      metrics.find(({ kind }) => kind === event.target.value),
                      uses.filter((_, i) => i !== at),
                      outputs,
                      columns,
                      use,
                    ),
                  )
                }
              >
                {metrics.map(({ kind, title }) => (
                  <option key={kind} value={kind}>
                    {title}
                  </option>
                ))}
              </select>
              {metric?.needs.output ? (
                <label className="setup-inline">
                  <span className="faint">of</span>
                  <select
                    className="field"
                    aria-label={`Output for ${use.name}`}
                    value={use.output ?? outputs[0]}
                    onChange={(event) => change(at, { ...use, output: event.target.value })}
                  >
                    {outputs.map((name) => (
                      <option key={name}>{name}</option>
                    ))}
                  </select>
                </label>
              ) : null}
              {metric?.needs.expected ? (
                <label className="setup-inline">
                  <span className="faint">against</span>
                  <select
                    className="field"
                    aria-label={`Column for ${use.name}`}
                    value={use.expected ?? ''}
                    onChange={(event) => change(at, { ...use, expected: event.target.value })}
                  >
                    {columns.map((column) => (
                      <option key={column} value={pathOfColumn(column)}>
                        {column}
                      </option>
                    ))}
                  </select>
                </label>
              ) : null}
              {Object.entries(metric?.options ?? {}).map(([name, option]) => (
                <span className="setup-inline" key={name} title={option.summary}>
                  <span className="faint">{name}</span>
                  {option.kind === 'boolean' ? (
                    <input
                      type="checkbox"
                      aria-label={`${name} of ${use.name}`}
                      checked={(use.options[name] ?? option.default) === true}
                      onChange={(event) => change(at, { ...use, options: { ...use.options, [name]: event.target.checked } })}
                    />
                  ) : (
                    <input
                      className="field"
                      aria-label={`${name} of ${use.name}`}
                      value={String(use.options[name] ?? option.default)}
                      onChange={(event) => {
                        const value = option.kind === 'number' ? Number(event.target.value) : event.target.value
                        change(at, { ...use, options: { ...use.options, [name]: value } })
                      }}
                    />
                  )}
                </span>
              ))}
              <RemoveButton label={`Do not measure ${use.name}`} onClick={() => onChange(uses.filter((_, i) => i !== at))} />
            </li>
          )
        })}
      </ul>
      <button
        type="button"
        className="btn small"
        data-testid="add-metric"
        disabled={metrics.length === 0 || uses.length >= 16}
        onClick={add}
      >
        <Plus /> Add a metric
      </button>
    </>
  )
}

/** A metric with what it needs, and a name that is not taken. */
function fitting(
  metric: MetricCard | undefined,
  others: readonly MetricUse[],
  outputs: readonly string[],
  columns: readonly string[],
  before?: MetricUse,
): MetricUse {
  const kind = metric?.kind ?? 'em'
  let name = kind
  for (let number = 2; others.some((use) => use.name === name); number++) name = `${kind}${number}`
  const output = before?.output ?? outputs[0]
  const expected =
    before?.expected ?? others.find((use) => use.expected !== undefined)?.expected ?? (columns[0] && pathOfColumn(columns.at(-1) ?? ''))
  return {
    name,
    kind,
    ...(metric?.needs.output && output !== undefined ? { output } : {}),
    ...(metric?.needs.expected && expected ? { expected } : {}),
    options: {},
  }
}
