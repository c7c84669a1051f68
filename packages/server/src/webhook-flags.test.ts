import { describe, expect, it } from 'vitest'

import { parseServerConfig } from './config.ts'

const parse = (argv: string[], env: Record<string, string> = {}) => parseServerConfig(argv, env, '/srv/ml')
const key = Buffer.alloc(32, 9).toString('base64').replaceAll('+', '-').replaceAll('/', '_')

describe('webhookConfigOf', () => {
  it("takes MLflow's variables", () => {
    const { webhooks, notices } = parse([], {
      MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http, HTTPS',
      MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
      MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '7',
      MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES: '0',
      MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS: '3',
      MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: key,
      MLFLOW_WEBHOOK_CACHE_TTL: '60',
    })
    expect(webhooks).toEqual({
      rules: { schemes: ['http', 'https'], allowPrivateAddresses: true, secretKey: { key } },
      delivery: { timeout: 7000, maxRetries: 0, workers: 3 },
    })
    expect(notices).toEqual([
      'MLFLOW_WEBHOOK_CACHE_TTL has no effect: webhooks count as they are when something happens.',
    ])
  })

  it('takes flags', () => {
    const flags = ['--webhook-allowed-schemes', 'http', '--webhook-allow-private-ips', '--webhook-timeout', '1']
    expect(parse([...flags, '--webhook-max-retries', '9']).webhooks).toMatchObject({
      rules: { schemes: ['http'], allowPrivateAddresses: true },
      delivery: { timeout: 1000, maxRetries: 9 },
    })
  })

  it.each(['short', key.slice(1), `${key}A`, `${key.slice(0, 42)}*=`, 'x'.repeat(32)])(
    'refuses the key %j without telling it',
    (bad) => {
      const refuse = () => parse([], { MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: bad })
      expect(refuse).toThrow('MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY takes a key of 32 bytes in URL-safe base64')
      expect(refuse).not.toThrow(bad)
    },
  )

  it('refuses schemes that are none, and a timeout of nothing', () => {
    expect(() => parse(['--webhook-allowed-schemes', 'https,ftp'])).toThrow("takes https, http or both, got 'ftp'.")
    expect(() => parse(['--webhook-timeout', '0'])).toThrow('takes a whole number from 1 to 600')
  })
})

describe('the pattern for sources of versions', () => {
  const variable = 'MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX'

  it('is taken as it is', () => {
    expect(parse([], { [variable]: '^mlflow-artifacts:' }).versionSourcePattern).toBe('^mlflow-artifacts:')
  })

  it('is refused where it is no regular expression', () => {
    expect(() => parse([], { [variable]: '(' })).toThrow(`${variable} takes a regular expression`)
  })
})
