import { describe, expect, test } from 'vitest'

import { StartupError } from '../startup-error.ts'
import { azureLocation } from './azure-location.ts'

describe('azureLocation', () => {
  test('reads both schemes; a Data Lake account is reached by its blob service', () => {
    expect(azureLocation('wasbs://c@acc.blob.core.windows.net/a/b%20c/')).toEqual({
      account: 'acc',
      endpoint: 'https://acc.blob.core.windows.net',
      container: 'c',
      prefix: 'a/b%20c',
    })
    expect(azureLocation('abfss://fs@acc.privatelink.dfs.core.chinacloudapi.cn/a/b%20c')).toEqual({
      account: 'acc',
      endpoint: 'https://acc.privatelink.blob.core.chinacloudapi.cn',
      container: 'fs',
      prefix: 'a/b c',
    })
    expect(azureLocation('wasbs://c@acc.blob.core.windows.net').prefix).toBe('')
  })

  test.each([
    'wasbs://acc.blob.core.windows.net/a',
    'wasbs://c@acc.dfs.core.windows.net/a',
    'abfss://c@acc.blob.core.windows.net/a',
    'wasb://c@acc.blob.core.windows.net/a',
    'wasbs://c@blob.core.windows.net',
    'wasbs://c@acc.blob/a',
    'wasbs://c@acc.blob.core.windows.net/a?x=1',
  ])('refuses %s', (uri) => {
    expect(() => azureLocation(uri)).toThrow(StartupError)
  })
})
