import { expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { openTracking } from './test-tracking.ts'

test.each(testEngines)('create of a run id that is taken stores nothing on $engine', async ({ open }) => {
  const tracking = await openTracking(open)
  try {
    const runId = await tracking.newRun({ name: 'first', tags: [{ key: 'mlflow.runName', value: 'first' }] })
    const again = tracking.newRun({ runId, name: 'again', tags: [{ key: 'new', value: '' }] })
    await expect(again).rejects.toBeInstanceOf(Error)
    expect((await tracking.readRun(runId)).data.tags).toEqual([{ key: 'mlflow.runName', value: 'first' }])
  } finally {
    await tracking.close()
  }
})
