import { testDemonstrations } from './testing/demonstrations'

testDemonstrations('merging')
