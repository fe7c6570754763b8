/**
 * The names under which a search tells what came of each candidate, with its number as step and its place as point: a loss is good when small, a score when large.
 */
export const lossMetric = 'loss'
export const scoreMetric = 'score'
