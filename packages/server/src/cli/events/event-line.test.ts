import { describe, expect, it } from 'vitest'

import { TestTerminal } from '../terminal/test-terminal.ts'
import { textWidth } from '../terminal/text-width.ts'
import { eventLine } from './event-line.ts'

const event = {
  id: 12,
  kind: 'model_version.stage_transitioned',
  timestamp: Date.UTC(2026, 10, 23, 12),
  user_id: 'alice',
  data: {
    name: 'churn',
    version: '3',
    from_stage: 'Staging',
    to_stage: 'Production',
    run_id: null,
    comment: 'Wins by\n2 %',
    archived_versions: [],
  },
}

describe('eventLine', () => {
  it('says who did what to what, without what is empty', () => {
    expect(eventLine(new TestTerminal(), event)).toMatch(
      /^ {4}12 {2}2026-11-\d\d \d\d:00:00 {2}model_version.stage_transitioned {2}alice {2}churn\/3 {2}Staging → Production {2}comment=Wins by 2 %\n$/,
    )
  })

  it('fits into the terminal and obeys no event', () => {
    const evil = { ...event, user_id: '\u001b[2J', data: { name: 'x'.repeat(300), note: '\u009b2J' } }
    // Id, time and kind are never cut.
    for (const width of [60, 80, 120]) {
      const line = eventLine(new TestTerminal(width), evil)
      expect(textWidth(line.trimEnd())).toBeLessThanOrEqual(Math.max(width, 76))
      expect(line.trimEnd()).not.toMatch(/\p{Cc}/u)
    }
  })

  it('tells of data that is no object', () => {
    for (const data of [null, 'text', 3]) expect(eventLine(new TestTerminal(), { ...event, data })).toContain('alice')
  })
})
