export { createExecutor, type Executor } from './execute'
export type { Clock, ExecutorParts, ModelAccess, Residency, ResourceLimits } from './interfaces'
export type { PlanPreview, RunHandle, RunOptions, RunOutcome, RunRequest } from './run-request'
