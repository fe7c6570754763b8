import { openInProcess } from './in-process'
import { queueConformance } from './testing/conformance'

queueConformance('of one process', async () => ({ open: openInProcess }))
