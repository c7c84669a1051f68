import { pino } from 'pino'
import { expect, it } from 'vitest'

import { createReadableLog } from './readable-log.ts'

function logged(write: (log: ReturnType<typeof pino>) => void): string {
  let text = ''
  write(pino({ level: 'debug' }, createReadableLog({ write: (line) => (text += line) })))
  return text
}

it('createReadableLog writes one line with the time, the level, the message and the details', () => {
  const text = logged((log) => log.warn({ host: 'evil.example', count: 2, list: ['a'] }, 'refused'))
  expect(text).toMatch(/^\d\d:\d\d:\d\d warn refused host=evil\.example count=2 list=\["a"\]\n$/)
})

it('createReadableLog puts the stack of an error below', () => {
  const text = logged((log) => log.error(new TypeError('no function'), 'a request failed'))
  const [first, second, third] = text.split('\n')
  expect(first).toMatch(/error a request failed$/)
  expect(second).toBe('TypeError: no function')
  expect(third).toMatch(/^ {4}at /)
})

it('createReadableLog takes a line without a message', () => {
  expect(logged((log) => log.info({ a: 1 }))).toMatch(/^\S+ info a=1\n$/)
})
