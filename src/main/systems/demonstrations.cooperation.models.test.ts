import { testDemonstrations } from './testing/demonstrations'

testDemonstrations('cooperation')
