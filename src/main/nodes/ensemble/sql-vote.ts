import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'
import { countVotes } from '../../ranking/vote'
import { resultKey, runQueries } from './sql/run-queries'

/** Queries of several models are run, and equal results vote. */
export default defineNode(
  {
    type: 'sql-vote',
    version: 1,
    title: 'Vote by SQL results',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Gundabathula & Kolar 2024',
    summary: 'Runs the SQL that several models wrote, and trusts the result on which most agree.',
    help: [
      'Two queries may be written differently and mean the same: so they are run, and their *results* vote. Rows count in any order, unless the query orders them. A query that fails votes for nothing. Without a majority of all votes the node **abstains**: query and rows are empty.',
      '',
      'Queries see copies of the wired tables in memory, named as the datasets are, and nothing else; they may only read, for a limited time. A candidate may be wrapped in a code block.',
    ].join('\n'),
    synonyms: ['SQL', 'text-to-SQL', 'execution', 'self-consistency', 'majority', 'database', 'query', 'abstain'],
    systems: ['sql-ensemble'],
    inputs: {
      candidates: { wire: 'candidates', arity: 'one', summary: 'the queries' },
      tables: { wire: 'dataset', arity: 'some', summary: 'the tables that they ask' },
    },
    outputs: {
      query: { wire: 'text', summary: 'the first query with the winning result; empty where nothing is agreed' },
      result: { wire: 'dataset', summary: 'its rows' },
      share: { wire: 'number', summary: 'share of all votes for the most common result' },
      agreed: { wire: 'boolean', summary: 'more than the least share agree' },
      report: { wire: 'json', summary: 'for each query its rows, or why it failed' },
    },
    params: {
      least: { kind: 'number', default: 0.5, min: 0, max: 1, step: 0.05, title: 'Majority', summary: 'more than this share must agree' },
      timeoutMs: {
        kind: 'number',
        default: 5000,
        min: 100,
        max: 60000,
        integer: true,
        unit: 'ms',
        title: 'Longest run',
        summary: 'a query that takes longer has failed',
      },
      mostRows: {
        kind: 'number',
        default: 10000,
        min: 1,
        max: 1000000,
        integer: true,
        unit: 'rows',
        title: 'Most rows',
        summary: 'of each result',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'least',
  },
  async ({ inputs: { candidates, tables }, params, context }) => {
    if (candidates.length === 0) throw new TributaryError('data-empty', 'There are no queries to run.', { place: { port: 'candidates' } })
    const queries = candidates.map(({ text }) => bareQuery(text))
    const results = await runQueries(tables, queries, { timeoutMs: params.timeoutMs, mostRows: params.mostRows, signal: context.signal })
    const [winner] = countVotes(queries.map((query, i) => ({ key: resultKey(query, results[i]!) })))
    const agreed = winner !== undefined && winner.share > params.least
    const result = agreed ? results[winner.first]! : undefined
    const { columns, rows } = result !== undefined && !('error' in result) ? result : { columns: [], rows: [] }
    const named = columns.map((column, i) => (columns.indexOf(column) === i ? column : `${column} ${i + 1}`))
    return {
      query: agreed ? queries[winner.first]! : '',
      result: {
        name: 'result',
        columns: named,
        rows: rows.map((row) => Object.fromEntries(named.map((column, i) => [column, row[i] ?? null]))),
      },
      share: winner?.share ?? 0,
      agreed,
      report: results.map((one, i) => ({
        source: candidates[i]!.source ?? `candidate ${i + 1}`,
        query: queries[i]!,
        ...one,
      })) as unknown as Json,
    }
  },
)

/** The query without a code block around it and a semicolon behind it. */
const bareQuery = (text: string): string => (/```(?:sql)?\s*([\s\S]*?)```/i.exec(text)?.[1] ?? text).trim().replace(/;\s*$/, '')
