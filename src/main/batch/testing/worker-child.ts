import { openStore } from '../../store'
import { joinBullmq } from '../bullmq'
import { fakeRuns } from '.'

/** A worker of its own process, to be killed: takes items of the queue at TRIBUTARY_REDIS and does them on the store in TRIBUTARY_FOLDER. */
const { TRIBUTARY_FOLDER: folder = '', TRIBUTARY_REDIS: address = '', TRIBUTARY_KEY: key = '' } = process.env
const store = openStore(folder, { role: 'worker' })
const { batches } = fakeRuns(store, { ms: 60 })
await joinBullmq({ address, key, lockMs: 1500, stalledMs: 500 }, batches.perform, 2)
batches.join(2)
process.stdout.write('joined\n')
