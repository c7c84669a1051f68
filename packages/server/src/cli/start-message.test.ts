import { describe, expect, it } from 'vitest'

import { parseServerConfig } from '../config.ts'
import { startMessage } from './start-message.ts'

const message = (argv: string[], url = 'http://127.0.0.1:5000', hasColours = false): string =>
  startMessage(parseServerConfig(argv, {}, '/srv/ml'), url, hasColours)

describe('startMessage', () => {
  it('tells the address, where data lies, and how to point a client at it', () => {
    const text = message([])
    expect(text).toContain('at http://127.0.0.1:5000\n')
    expect(text).toContain('/srv/ml/trackway-data/trackway.db')
    expect(text).toContain('/srv/ml/trackway-data/artifacts')
    expect(text).toContain('export MLFLOW_TRACKING_URI=http://127.0.0.1:5000\n')
    expect(text).not.toContain('\u001b')
  })

  it('gives an address that clients can use, whatever the server listens on', () => {
    expect(message(['--host', '0.0.0.0'], 'http://0.0.0.0:5001')).toContain(
      'MLFLOW_TRACKING_URI=http://127.0.0.1:5001\n',
    )
    expect(message(['--host', '::'], 'http://[::]:5001')).toContain('MLFLOW_TRACKING_URI=http://127.0.0.1:5001\n')
    expect(message(['--host', '::1'], 'http://[::1]:7')).toContain('MLFLOW_TRACKING_URI=http://[::1]:7\n')
    expect(message(['--host', 'ml.example.com'])).toContain('MLFLOW_TRACKING_URI=http://ml.example.com:5000\n')
    expect(message(['--static-prefix', '/ml'])).toContain('MLFLOW_TRACKING_URI=http://127.0.0.1:5000/ml\n')
  })

  it('tells who can reach a server that listens everywhere', () => {
    expect(message(['--host', '0.0.0.0'])).toContain('--allowed-hosts lets more names in')
    expect(message(['--host', '0.0.0.0', '--allowed-hosts', 'a.b'])).not.toContain('--allowed-hosts lets')
    expect(message([])).not.toContain('--allowed-hosts')
  })

  it('does not claim to hold artifacts that clients write elsewhere', () => {
    const text = message(['--no-serve-artifacts', '--default-artifact-root', 's3://bucket/x'])
    expect(text).toContain('s3://bucket/x (clients write there themselves)')
    expect(text).not.toContain('trackway-data/artifacts')
  })

  it('is coloured only where asked', () => {
    expect(message([], 'http://127.0.0.1:5000', true)).toContain('\u001b[1m')
  })
})
