import { ApiError } from '@trackway/api'
import { expect, test } from 'vitest'
import { storageFault } from './storage-fault.ts'

// A full or read-only disk cannot be had in a test without rights to mount one, so the system's errors are made here.
const systemError = (code: string) => Object.assign(new Error(code), { code })

test.each([
  ['ENOSPC', 'TEMPORARILY_UNAVAILABLE', /disk .* is full/],
  ['EDQUOT', 'TEMPORARILY_UNAVAILABLE', /disk .* is full/],
  ['EROFS', 'TEMPORARILY_UNAVAILABLE', /read-only/],
  ['EACCES', 'TEMPORARILY_UNAVAILABLE', /no permission/],
  ['EMFILE', 'TEMPORARILY_UNAVAILABLE', /too many files/],
  ['ENAMETOOLONG', 'INVALID_PARAMETER_VALUE', /too long/],
  ['ENOTDIR', 'INVALID_PARAMETER_VALUE', /leads through a file/],
  ['EISDIR', 'INVALID_PARAMETER_VALUE', /refers to a directory/],
  ['ENOENT', 'RESOURCE_DOES_NOT_EXIST', /No such artifact: 'a\/b'/],
  ['EIO', 'INTERNAL_ERROR', /EIO/],
])('storageFault makes %s a %s that says why', (code, expected, message) => {
  const fault = storageFault(systemError(code), 'a/b')
  expect(fault.code).toBe(expected)
  expect(fault.message).toMatch(message)
  expect(fault.message).toContain('a/b')
})

test('storageFault lets an ApiError be', () => {
  const error = new ApiError('BAD_REQUEST', 'x')
  expect(storageFault(error, 'a')).toBe(error)
})
