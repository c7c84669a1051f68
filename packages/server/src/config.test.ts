import { describe, expect, it } from 'vitest'

import { parseServerConfig } from './config.ts'
import { UsageError } from './flags.ts'

const cwd = '/srv/ml'
const parse = (argv: string[] = [], env: Record<string, string> = {}) => parseServerConfig(argv, env, cwd)
const complaint = (argv: string[], env: Record<string, string> = {}): string => {
  try {
    parse(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

describe('parseServerConfig', () => {
  it('has a default for everything', () => {
    expect(parse()).toEqual({
      database: { engine: 'sqlite', file: '/srv/ml/trackway-data/trackway.db' },
      databasePoolSize: 10,
      artifactsDestination: '/srv/ml/trackway-data/artifacts',
      defaultArtifactRoot: 'mlflow-artifacts:/',
      serveArtifacts: true,
      directTransfers: true,
      presignedDownloadSeconds: 300,
      host: '127.0.0.1',
      port: 5000,
      workers: 1,
      shutdownDelay: 0,
      staticPrefix: '',
      allowedHosts: [],
      corsAllowedOrigins: [],
      xFrameOptions: 'SAMEORIGIN',
      disableSecurityMiddleware: false,
      exposePrometheus: false,
      logLevel: 'info',
      jsonLogs: false,
      truncateLongValues: true,
      versionSourcePattern: null,
      webhooks: {
        rules: {
          schemes: ['https'],
          allowPrivateAddresses: false,
          secretKey: { file: '/srv/ml/trackway-data/trackway.db.key' },
        },
        delivery: { maxRetries: 40, timeout: 30_000, workers: 10 },
      },
      notices: [],
    })
  })

  it('understands a start script written for mlflow server', () => {
    const config = parse(
      [
        '--backend-store-uri',
        'sqlite:///mlflow.db',
        '--artifacts-destination',
        './mlartifacts',
        '-h',
        '0.0.0.0',
      ].concat([
        '-p',
        '8080',
        '--workers',
        '4',
        '--gunicorn-opts',
        '--timeout 180',
        '--expose-prometheus',
        './metrics',
      ]),
      { MLFLOW_SERVER_ALLOWED_HOSTS: 'ml.example.com,localhost:*', MLFLOW_STATIC_PREFIX: '/mlflow' },
    )
    expect(config).toMatchObject({
      database: { engine: 'sqlite', file: '/srv/ml/mlflow.db' },
      workers: 1,
      artifactsDestination: '/srv/ml/mlartifacts',
      host: '0.0.0.0',
      port: 8080,
      staticPrefix: '/mlflow',
      allowedHosts: ['ml.example.com', 'localhost:*'],
      exposePrometheus: true,
    })
    expect(config.notices).toHaveLength(2)
    expect(config.notices[0]).toContain('--gunicorn-opts has no effect')
    expect(config.notices[1]).toContain('--workers 4 has no effect with SQLite')
  })

  it('starts workers where they can share the database', () => {
    const shared = ['--backend-store-uri', 'postgresql://db/trackway']
    expect(parse(shared).workers).toBe(1)
    expect(parse([...shared, '-w', '3', '--shutdown-delay', '15'])).toMatchObject({
      workers: 3,
      shutdownDelay: 15_000,
      notices: [],
    })
    expect(parse(shared, { MLFLOW_WORKERS: '2' }).workers).toBe(2)
    expect(complaint([...shared, '--workers', '0'])).toContain('--workers takes a whole number from 1 to 256')
  })

  it.each([
    ['sqlite:///relative.db', '/srv/ml/relative.db'],
    ['sqlite:////absolute/path.db', '/absolute/path.db'],
    ['sqlite+pysqlite:///relative.db?timeout=30', '/srv/ml/relative.db'],
    ['SQLITE:///folder/with space.db', '/srv/ml/folder/with space.db'],
    ['some/where.db', '/srv/ml/some/where.db'],
    ['/absolute.sqlite3', '/absolute.sqlite3'],
  ])('takes the SQLite store %s', (uri, file) => {
    expect(parse(['--backend-store-uri', uri]).database).toEqual({ engine: 'sqlite', file })
    expect(parse([], { MLFLOW_BACKEND_STORE_URI: uri }).database).toEqual({ engine: 'sqlite', file })
  })

  it.each([
    ['postgresql://me:pw@db:5433/mlflow', 'postgresql://me:pw@db:5433/mlflow'],
    ['postgres://db/mlflow', 'postgresql://db/mlflow'],
    ['postgresql+psycopg2://me:p%40ss@db/mlflow', 'postgresql://me:p%40ss@db/mlflow'],
    ['postgresql+asyncpg:///mlflow?host=/run/postgresql', 'postgresql:///mlflow?host=/run/postgresql'],
    ['postgresql://db/mlflow?sslmode=verify-full&sslrootcert=/ca.pem', 'sslmode=verify-full&sslrootcert='],
  ])('takes the PostgreSQL store %s', (uri, url) => {
    const expected = { engine: 'postgres', url: expect.stringContaining(url) }
    expect(parse(['--backend-store-uri', uri]).database).toEqual(expected)
    expect(parse([], { MLFLOW_BACKEND_STORE_URI: uri }).database).toEqual(expected)
  })

  it.each([
    ['sqlite://', 'in memory'],
    ['sqlite:///:memory:', 'in memory'],
    ['sqlite:///', 'in memory'],
    ['sqlite://relative.db', 'three slashes'],
    ['postgresql://user:secret@db', 'a PostgreSQL URI names host and database'],
    ['postgresql:db/mlflow', 'a PostgreSQL URI names host and database'],
    ['mysql+pymysql://db/mlflow', "stores of the kind 'mysql+pymysql' are not supported"],
    ['./mlruns', 'folders of files (as ./mlruns) are not a store here'],
    ['file:///srv/mlruns', 'folders of files (as ./mlruns) are not a store here'],
    ['http://127.0.0.1:5000', "a tracking server's address"],
  ])('refuses the store %s and says why', (uri, why) => {
    expect(complaint(['--backend-store-uri', uri])).toContain(why)
    expect(complaint([], { MLFLOW_BACKEND_STORE_URI: uri })).toMatch(/^MLFLOW_BACKEND_STORE_URI '/)
  })

  it('keeps passwords out of its messages', () => {
    const message = complaint(['--backend-store-uri', 'mysql://user:secret@db/mlflow'])
    expect(message).toContain('mysql://user:***@db/mlflow')
    expect(message).not.toContain('secret')
  })

  it('takes a registry store only where it is the tracking store', () => {
    expect(parse(['--backend-store-uri', 'a.db', '--registry-store-uri', 'sqlite:///a.db']).database).toEqual({
      engine: 'sqlite',
      file: '/srv/ml/a.db',
    })
    expect(complaint(['--backend-store-uri', 'a.db', '--registry-store-uri', 'b.db'])).toContain(
      '--registry-store-uri must name the same store',
    )
  })

  it('takes folders and object stores as artifact destinations', () => {
    expect(parse(['--artifacts-destination', 'file:///data/art%20ifacts']).artifactsDestination).toBe(
      '/data/art ifacts',
    )
    expect(parse([], { MLFLOW_ARTIFACTS_DESTINATION: '../shared' }).artifactsDestination).toBe('/srv/shared')
    const bucket = ['--artifacts-destination', 's3://bucket/path']
    expect(parse(bucket).artifactsDestination).toBe('s3://bucket/path')
    expect(parse([...bucket, '--no-serve-artifacts']).defaultArtifactRoot).toBe('s3://bucket/path')
    expect(complaint(['--artifacts-destination', 'hdfs://host/path'])).toContain(
      "of the kind 'hdfs' are not supported. Give a folder, such as ./artifacts, or a store: s3://",
    )
  })

  it('chooses the default artifact root as clients can reach it', () => {
    expect(parse(['--no-serve-artifacts']).defaultArtifactRoot).toBe('/srv/ml/trackway-data/artifacts')
    expect(parse([], { MLFLOW_SERVE_ARTIFACTS: 'false' }).serveArtifacts).toBe(false)
    expect(parse(['--default-artifact-root', 's3://bucket/x?y=1']).defaultArtifactRoot).toBe('s3://bucket/x?y=1')
    expect(parse(['--default-artifact-root', './roots']).defaultArtifactRoot).toBe('/srv/ml/roots')
    expect(complaint(['--no-serve-artifacts', '--default-artifact-root', 'mlflow-artifacts:/x'])).toContain(
      'needs --serve-artifacts',
    )
  })

  it.each(['0.0.0.0', 'localhost', 'ml-box.example.com', '::', '::1'])('listens on %s', (host) => {
    expect(parse(['--host', host]).host).toBe(host)
  })

  it('takes the brackets off an IPv6 address', () => {
    expect(parse(['--host', '[::1]']).host).toBe('::1')
  })

  it.each(['http://0.0.0.0', '127.0.0.1:5000', 'a b', '/srv'])('refuses the host %s', (host) => {
    expect(complaint(['--host', host])).toBe(
      `--host takes a host name or address without scheme and port, got '${host}'.`,
    )
  })

  it.each(['0', '65535'])('takes the port %s', (port) => {
    expect(parse(['-p', port]).port).toBe(Number(port))
  })

  it.each(['65536', '-1', 'http'])('refuses the port %s', (port) => {
    expect(complaint([], { MLFLOW_PORT: port })).toBe(
      `MLFLOW_PORT takes a whole number from 0 to 65535, got '${port}'.`,
    )
  })

  it('takes prefixes that begin with a slash and end without one', () => {
    expect(parse(['--static-prefix', '/ml/flow-1']).staticPrefix).toBe('/ml/flow-1')
    for (const prefix of ['mlflow', '/mlflow/', '/', '/{x}', '/a/../b', '//a', '/a b', '/a?b']) {
      expect(complaint(['--static-prefix', prefix])).toContain(`got '${prefix}'`)
    }
  })

  it('refuses origins that no browser sends', () => {
    expect(parse(['--cors-allowed-origins', 'https://*.example.com,*']).corsAllowedOrigins).toHaveLength(2)
    expect(complaint(['--cors-allowed-origins', 'example.com'])).toContain("got 'example.com'")
    expect(complaint(['--cors-allowed-origins', 'https://example.com/'])).toContain("got 'https://example.com/'")
  })

  it('warns of choices that open the server', () => {
    expect(parse(['--allowed-hosts', '*', '--cors-allowed-origins', '*']).notices).toEqual([
      'Every Host is allowed: DNS rebinding is possible.',
      'Every Origin is allowed: any web page can use this server.',
    ])
    expect(parse(['--disable-security-middleware']).notices).toHaveLength(1)
  })

  it('does not start open to everybody where MLflow would ask for a password', () => {
    expect(complaint(['--app-name', 'basic-auth'])).toContain('--app-name is not supported')
    expect(complaint([], { MLFLOW_ENABLE_WORKSPACES: 'true' })).toContain('MLFLOW_ENABLE_WORKSPACES is not supported')
    expect(parse([], { MLFLOW_ENABLE_WORKSPACES: 'false' }).notices).toEqual([])
  })
})
