import { testDemonstrations } from './testing/demonstrations'

testDemonstrations('ensemble')
