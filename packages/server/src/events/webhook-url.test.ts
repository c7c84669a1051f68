import { describe, expect, test } from 'vitest'

import { refusalOf } from './webhook-url.ts'

const careful = { schemes: ['https'], allowPrivateAddresses: false }
const open = { schemes: ['https', 'http'], allowPrivateAddresses: true }

describe('refusalOf', () => {
  test.each([
    'https://example.com',
    'https://example.com:8443/hook?token=1#part',
    'HTTPS://Example.COM/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://localhost.example.com/',
    'https://bücher.example/ä',
  ])('takes %s', (url) => {
    expect(refusalOf(url, careful)).toBeUndefined()
  })

  test.each([
    ['https://127.0.0.1/', '127.0.0.1'],
    ['https://127.1', '127.0.0.1'],
    ['https://0x7f.1', '127.0.0.1'],
    ['https://0x7f000001', '127.0.0.1'],
    ['https://2130706433', '127.0.0.1'],
    ['https://0177.0.0.1', '127.0.0.1'],
    ['https://127.0.0.1.', '127.0.0.1'],
    ['https://①②⑦.0.0.1', '127.0.0.1'],
    ['https://%31%32%37.0.0.1', '127.0.0.1'],
    ['https://0', '0.0.0.0'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['https://10.1.2.3:8080', '10.1.2.3'],
    ['https://[::1]/', '::1'],
    ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['https://[::ffff:10.0.0.1]:80/', '::ffff:a00:1'],
    ['https://[64:ff9b::10.0.0.1]/', '64:ff9b::a00:1'],
    ['https://localhost', 'localhost'],
    ['https://LOCALHOST:443/x', 'localhost'],
    ['https://localhost.', 'localhost.'],
    ['https://a.localhost', 'a.localhost'],
  ])('refuses %s, which leads to %s, unless private addresses are allowed', (url, host) => {
    expect(refusalOf(url, careful)).toContain(`leads to ${host},`)
    expect(refusalOf(url, open)).toBeUndefined()
  })

  test.each([
    ['http://example.com', "Invalid webhook URL scheme: 'http'. Allowed schemes are: https."],
    ['ftp://example.com', "Invalid webhook URL scheme: 'ftp'. Allowed schemes are: https."],
    ['file:///etc/passwd', "scheme: 'file'"],
    ['example.com/hook', "scheme: ''"],
    ['//example.com', "scheme: ''"],
    ['https:', 'must include a hostname'],
    ['https:///x', 'must include a hostname'],
    ['https:example.com', 'must include a hostname'],
    ['https://', 'must include a hostname'],
    ['https://:443/', 'must include a hostname'],
    ['https://a:99999/', 'must include a hostname'],
    ['https://[::1', 'must include a hostname'],
    ['https://user:word@example.com/', 'must not hold a user or password'],
    ['https://user@example.com/', 'must not hold a user or password'],
    ['https://exa\tmple.com/', 'must not hold spaces or control characters'],
    [' https://example.com/', 'must not hold spaces or control characters'],
    ['https://example.com/a b', 'must not hold spaces or control characters'],
    ['  ', 'cannot be empty or just whitespace'],
    [`https://example.com/${'a'.repeat(2048)}`, 'is too long: 2068 characters'],
  ])('refuses %s', (url, sentence) => {
    expect(refusalOf(url, careful)).toContain(sentence)
  })

  test('takes http where the settings name it', () => {
    expect(refusalOf('http://example.com', { ...careful, schemes: ['http'] })).toBeUndefined()
    expect(refusalOf('https://example.com', { ...careful, schemes: ['http'] })).toContain("scheme: 'https'")
  })
})
