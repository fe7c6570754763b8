/** The name under which a run tells the losses on the line between two models, each with its α as point. */
export const barrierMetric = 'loss on the line'
