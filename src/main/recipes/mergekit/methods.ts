import type { Json } from '../../../shared/json'

/** How a setting is called here, and what must be said for MergeKit's meaning. */
export interface Correspondence {
  /** the method of ours */
  readonly method: string
  /** deltas from the base: the base itself is no ingredient. ordered: the base is the first of two models. plain: the base is a model like the others */
  readonly base: 'deltas' | 'optional' | 'ordered' | 'plain'
  /** settings of ours that give MergeKit's semantics whatever the configuration says */
  readonly fixed: Readonly<Record<string, Json>>
  /** MergeKit's global settings: name, default, and where it goes here */
  readonly global: Readonly<Record<string, Setting>>
  /** MergeKit's settings of each model */
  readonly each: Readonly<Record<string, Setting>>
}

export interface Setting {
  /** what MergeKit takes where nothing is said; undefined: it must be said */
  readonly default?: Json
  /** the setting of ours; absent: it has no counterpart, and only the default can be imported */
  readonly to?: string
  /** value of MergeKit, as text, → value of ours; absent: the same */
  readonly values?: Readonly<Record<string, Json>>
  /** a flag: true turns what an earlier setting gave into another value of ours, where it gave the first of these */
  readonly turns?: readonly [from: Json, into: Json]
  /** each model has its own in MergeKit, all share one here */
  readonly shared?: true
}

const lambda: Setting = { default: 1, to: 'scale' }
const normalize = (fallback: boolean): Setting => ({ default: fallback, to: 'normalize' })
const weight: Setting = { to: 'weight' }
const density: Setting = { default: 1, to: 'density' }
const rescale: Setting = { default: true, to: 'rescale', values: { true: 'l1', false: 'none' } }
const survivors: Setting = { default: false, to: 'rescale' }
/** has no effect on the numbers */
const ignored = { int8_mask: { default: false } as Setting }
const gamma: Setting = { default: 0.01, to: 'gamma', shared: true }
const epsilon: Setting = { default: 0.15, to: 'epsilon', shared: true }

export const ignoredSettings: ReadonlySet<string> = new Set(Object.keys(ignored))

const deltas = (method: string, fallback: boolean, more: Partial<Correspondence> = {}): Correspondence => ({
  method,
  base: 'deltas',
  fixed: {},
  ...more,
  global: { lambda, normalize: normalize(fallback), ...ignored, ...more.global },
  each: { weight, ...more.each },
})

/** MergeKit's methods by name. Where its meaning differs from the papers', the setting that says so is in `fixed` (see the cards of the methods). */
export const correspondences: Readonly<Record<string, Correspondence>> = {
  linear: { method: 'linear', base: 'plain', fixed: {}, global: { normalize: normalize(true) }, each: { weight } },
  slerp: { method: 'slerp', base: 'ordered', fixed: {}, global: { t: { to: 't' } }, each: {} },
  nuslerp: {
    method: 'nuslerp',
    base: 'optional',
    fixed: {},
    global: {
      nuslerp_flatten: { default: true, to: 'unit', values: { true: 'tensor', false: 'row' } },
      // MergeKit's "row-wise" runs along the first dimension: our columns; it counts only where nothing is flattened
      nuslerp_row_wise: { default: false, to: 'unit', turns: ['row', 'column'] },
    },
    each: { weight },
  },
  multislerp: {
    method: 'multislerp',
    base: 'optional',
    fixed: {},
    global: { normalize_weights: { default: true, to: 'normalize' }, eps: { default: 1e-8 } },
    each: { weight },
  },
  karcher: {
    method: 'karcher',
    base: 'plain',
    fixed: {},
    global: { max_iter: { default: 10, to: 'iterations' }, tol: { default: 1e-5, to: 'tolerance' } },
    each: {},
  },
  task_arithmetic: deltas('task-arithmetic', false),
  ties: deltas('ties', true, { fixed: { scope: 'tensor', join: 'mean', vote: 'sum' }, each: { density }, global: { rescale: survivors } }),
  dare_linear: deltas('dare-linear', false, { each: { density }, global: { rescale } }),
  dare_ties: deltas('dare-ties', false, { each: { density }, global: { rescale } }),
  breadcrumbs: deltas('breadcrumbs', false, { each: { density, gamma }, global: { rescale: survivors } }),
  breadcrumbs_ties: deltas('breadcrumbs-ties', false, { each: { density, gamma }, global: { rescale: survivors } }),
  della: deltas('della', true, { each: { density, epsilon }, global: { rescale } }),
  della_linear: deltas('della-linear', false, { each: { density, epsilon }, global: { rescale } }),
  model_stock: {
    method: 'model-stock',
    base: 'deltas',
    fixed: { clamp: false, floor: 1e-6 },
    global: { filter_wise: { default: false, to: 'unit', values: { true: 'row', false: 'tensor' } } },
    each: {},
  },
  sce: {
    method: 'sce',
    base: 'deltas',
    fixed: { floor: 1e-6 },
    global: { select_topk: { default: 1, to: 'select' }, ...ignored },
    each: {},
  },
  ram: {
    method: 'ram',
    base: 'deltas',
    fixed: { plus: false },
    global: { epsilon: { default: 1e-5, to: 'threshold' } },
    each: {},
  },
  ramplus_tl: {
    method: 'ram',
    base: 'deltas',
    fixed: { plus: true },
    global: {
      epsilon: { default: 1e-5, to: 'threshold' },
      r: { default: 0.1, to: 'gain' },
      alpha: { default: 0.2, to: 'limit' },
    },
    each: {},
  },
  nearswap: { method: 'nearswap', base: 'ordered', fixed: {}, global: { t: { to: 't' } }, each: {} },
  arcee_fusion: { method: 'arcee-fusion', base: 'ordered', fixed: {}, global: {}, each: {} },
  passthrough: { method: 'passthrough', base: 'plain', fixed: {}, global: {}, each: { scale: { default: 1, to: 'scale', shared: true } } },
}
